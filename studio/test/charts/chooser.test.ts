import { describe, expect, it } from "vitest";
import { kindOf, kindsOf } from "../../src/charts/chooser";
import { union } from "../../src/charts/found";
import { arranged, sections, wanted } from "../../src/charts/section";
import type { Metric, Summary } from "../../src/charts/source";

const column = (name: string, type: string, count: number): Summary =>
  ({ column: name, type, count, numeric: type === "str" ? 0 : type === "mixed" ? 1 : count, nonfinite: 0 }) as Summary;

const metric = (name: string, kind: string, rows: number, columns: Record<string, string>): Metric =>
  ({ name, kind, rows, columns: Object.entries(columns).map(([each, type]) => column(each, type, rows)) }) as Metric;

const forms = (made: Metric, runs = 1) => kindsOf(union(new Map([["r", [made]]]))[0]!, runs).map((kind) => kind.form);

describe("the chooser", () => {
  it.each([
    ["a number once", metric("a", "scalar", 1, { value: "float" }), "card"],
    ["numbers", metric("a", "scalar", 20, { value: "float" }), "line"],
    ["booleans", metric("a", "scalar", 20, { value: "bool" }), "step"],
    ["a text once", metric("a", "scalar", 1, { value: "str" }), "text"],
    ["texts", metric("a", "scalar", 3, { value: "str" }), "table"],
    ["a list of numbers", metric("Fibonacci", "list", 12, { value: "int" }), "line"],
    ["a list of texts", metric("a", "list", 3, { value: "str" }), "table"],
    ["rows of two numbers", metric("Cosine Wave", "table", 20, { angle: "float", cos: "float" }), "curve"],
    ["rows of one number", metric("a", "table", 20, { n: "int" }), "line"],
    ["rows of a text and a number", metric("a", "table", 4, { name: "str", n: "int" }), "table"],
    ["rows of three numbers", metric("a", "table", 4, { a: "int", b: "int", c: "int" }), "table"],
    ["numbers and texts", metric("a", "scalar", 4, { value: "mixed" }), "table"],
    ["a confusion matrix", metric("anything", "confusion_matrix", 1, { file: "str" }), "matrix"],
    ["an accuracy table", metric("roc", "accuracy_table", 1, { file: "str" }), "accuracy"],
    ["residuals", metric("a", "residuals", 1, { file: "str" }), "residuals"],
    ["predictions", metric("a", "predictions", 1, { file: "str" }), "predictions"],
  ])("shows %s", (_, made, form) => expect(forms(made)[0]).toBe(form));

  it("does not look at the name", () => {
    expect(forms(metric("confusion_matrix", "scalar", 20, { value: "float" }))[0]).toBe("line");
  });

  it("shows no image", () => expect(forms(metric("a", "image", 3, { file: "str" }))).toEqual([]));

  it("draws bars over runs of what each logged once", () => {
    expect(forms(metric("a", "scalar", 1, { value: "float" }), 5)[0]).toBe("runs");
    expect(forms(metric("a", "scalar", 9, { value: "float" }), 5)[0]).toBe("line");
  });

  it("offers other forms, and shows one if it is chosen", () => {
    const made = metric("a", "table", 20, { angle: "float", cos: "float" });
    expect(forms(made)).toEqual(["curve", "table", "scatter", "swapped"]);
    const found = union(new Map([["r", [made]]]))[0]!;
    expect(kindOf(found, 1, "scatter")?.form).toBe("scatter");
    expect(kindOf(found, 1, "histogram")?.form).toBe("curve");
  });
});

describe("metrics of several runs", () => {
  it("are one under each name, with the columns of all", () => {
    const found = union(
      new Map([
        ["a", [metric("loss", "scalar", 3, { value: "float" })]],
        ["b", [metric("loss", "scalar", 9, { value: "int" }), metric("acc", "scalar", 1, { value: "float" })]],
      ]),
    );
    expect(found.map((each) => [each.name, each.rows, each.of.size])).toEqual([
      ["acc", 1, 1],
      ["loss", 9, 2],
    ]);
  });

  it("are no line if one run logged texts", () => {
    const [found] = union(
      new Map([
        ["a", [metric("loss", "scalar", 3, { value: "float" })]],
        ["b", [metric("loss", "scalar", 3, { value: "str" })]],
      ]),
    );
    expect(kindsOf(found!, 2)[0]?.form).toBe("table");
  });
});

describe("sections", () => {
  const found = union(
    new Map([
      [
        "r",
        ["loss", "val/acc", "val/loss", "system/cpu", "train/loss", "/odd"].map((name) =>
          metric(name, "scalar", 2, { value: "float" }),
        ),
      ],
    ]),
  );
  const names = (find: string, system = false, hidden: string[] = []) =>
    sections(found, { pattern: wanted(find).pattern, hidden, system }).map((each) => [
      each.name,
      each.metrics.map((one) => one.name),
    ]);

  it("are by what is before the slash, those without one first", () => {
    expect(names("")).toEqual([
      ["", ["/odd", "loss"]],
      ["train", ["train/loss"]],
      ["val", ["val/acc", "val/loss"]],
    ]);
  });

  it("have no headings where there are few", () => {
    const all = sections(found, { pattern: null, hidden: [], system: false });
    expect(arranged(all, 5).map((each) => [each.name, each.metrics.length])).toEqual([["", 5]]);
    expect(arranged(all, 4)).toBe(all);
    // Nor has one chart alone, whatever its name.
    expect(arranged([all[1]!], 4).map((each) => each.name)).toEqual([""]);
    expect(arranged([], 4)).toEqual([]);
  });

  it("leave the machine's own out, or have them alone", () => {
    expect(names("", true)).toEqual([["", ["system/cpu"]]]);
  });

  it("are found by a pattern, or by the text while it is none", () => {
    expect(names("^val/l")).toEqual([["val", ["val/loss"]]]);
    expect(wanted("(loss").wrong).toBe(true);
    expect(wanted("(loss").pattern?.test("a (LOSS)")).toBe(true);
    expect(names("", false, ["loss", "/odd"]).map(([name]) => name)).toEqual(["train", "val"]);
  });
});
