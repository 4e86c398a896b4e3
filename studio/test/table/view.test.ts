/** The codec of tables: what is written into an address is read from it again. */
import { describe, expect, it } from "vitest";
import { type Column, columnText, order, readColumn, readColumns, readSort, sortable } from "../../src/table/column";
import { conditions, readView, step, Undo, writeView } from "../../src/table/view";

function view(text: string) {
  return readView(new URLSearchParams(text));
}

describe("columns", () => {
  const cases: [string, Column][] = [
    ["status", { kind: "own", name: "status" }],
    ["loss.last", { kind: "metric", name: "loss", column: "value", stat: "last" }],
    ["val/loss.v2.min", { kind: "metric", name: "val/loss.v2", column: "value", stat: "min" }],
    ["Cosine Wave[cos].max", { kind: "metric", name: "Cosine Wave", column: "cos", stat: "max" }],
    ["p.model.width", { kind: "param", name: "model.width" }],
    ["t.owner", { kind: "tag", name: "owner" }],
    ["prop.azureml.git.commit", { kind: "property", name: "azureml.git.commit" }],
    ["%70.last", { kind: "metric", name: "p", column: "value", stat: "last" }],
    ["%74.owner.last", { kind: "metric", name: "t.owner", column: "value", stat: "last" }],
    ["a%2cb%5b0%5d.mean", { kind: "metric", name: "a,b[0]", column: "value", stat: "mean" }],
    ["p.50%25", { kind: "param", name: "50%" }],
  ];
  it.each(cases)("%s is written as it is read", (text, column) => {
    expect(readColumn(text)).toEqual(column);
    expect(columnText(column)).toBe(text);
  });

  it("takes what is no column out of a list, and what is there twice", () => {
    expect(readColumns("loss.last,,nonsense,loss.average,loss.last,p.lr").map(columnText)).toEqual([
      "loss.last",
      "p.lr",
    ]);
  });

  it("asks the server for its own orders", () => {
    expect(order(readSort("-loss.min")!)).toEqual({
      field: "metric",
      metric: { metric: "loss", column: "value" },
      stat: "min",
      descending: true,
    });
    expect(order(readSort("user")!)).toEqual({ field: "submitted_by", descending: false });
    expect(order(readSort("p.lr")!)).toEqual({ field: "param", key: "lr", descending: false });
    expect(readSort("tags")).toBeNull();
    expect(sortable(readColumn("loss.min_step")!)).toBe(false);
  });
});

describe("a view", () => {
  it("says nothing of what is as it is by itself", () => {
    expect(Object.values(writeView(view(""))).every((each) => each === null)).toBe(true);
  });

  it("is read again as it was written", () => {
    const text =
      "q=loss < 1&exp=a,b%2Cc&st=Failed&old=1&flat=1&s=-loss.min&c=status,p.lr&sel=r1,r2&hide=r3&show=r4&g=t.seed&agg=median&peek=r5";
    const written = new URLSearchParams(writeView(view(text)) as Record<string, string>);
    expect(readView(written)).toEqual(view(text));
    expect(readView(new URLSearchParams(writeView({ experiments: ["b,c", "50%"] }) as never)).experiments).toEqual([
      "b,c",
      "50%",
    ]);
  });

  it("puts what was chosen beside the filter around what was typed", () => {
    expect(conditions(view('q=a or b&exp=x"y'), null).filter).toBe('(a or b) and experiment in ("x\\"y")');
    expect(conditions(view("exp=x"), null).filter).toBe('experiment in ("x")');
    expect(conditions(view("q=a&exp=x"), "e1")).toMatchObject({ filter: "a", experiment_id: "e1" });
  });

  it("goes back and forth by steps", () => {
    const undo = new Undo();
    const steps = ["", "s=-loss.min", "s=-loss.min&sel=r1", "s=loss.min"].map((each) =>
      step(new URLSearchParams(each)),
    );
    for (const each of steps) undo.see(each);
    expect(undo.back()?.s).toBe("-loss.min");
    expect(undo.back()?.s).toBeNull(); // choosing a run was no step
    expect(undo.back()).toBeNull();
    expect(undo.forth()?.s).toBe("-loss.min");
    undo.see(step(new URLSearchParams("q=x")));
    expect(undo.forth()).toBeNull();
  });
});
