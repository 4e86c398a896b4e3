/** What a table shows before anybody chose. */
import { describe, expect, it, vi } from "vitest";
import type { Asking, Row } from "../../src/table/asking";
import { metricKey, type Run, type Summary, writeColumns } from "../../src/table/column";
import { chooseDefaults, defaultColumns, type Name, preferred } from "../../src/table/names";

function metric(name: string, kind = "scalar", column = "value", runs = 1): Name {
  return { name, column, metric_kind: kind, runs };
}

function param(name: string): Name {
  return { name, column: "", metric_kind: "", runs: 1 };
}

function row(id: string, of: Partial<Run> = {}, measured: readonly string[] = []): Row {
  const run = { run_id: id, params: {}, tags: {}, target: "sdk", submitted_by: "me", ...of } as Run;
  const figures = new Map(measured.map((name) => [metricKey({ metric: name }), { last: 1 } as unknown as Summary]));
  return { run, figures, children: 0 };
}

const known: Record<string, Name[]> = {};
vi.mock("../../src/api/call", () => ({ call: async (_: string, of: { kind: string }) => ({ names: known[of.kind] }) }));

describe("columns by default", () => {
  it("are results and the most common parameters between what every run has", () => {
    const metrics = [metric("loss"), metric("table", "table", "x"), metric("acc"), metric("f1"), metric("rare")];
    const params = ["lr", "batch", "seed", "rare"].map(param);
    expect(writeColumns(defaultColumns(metrics, params, { experiment: false }))).toBe(
      "status,started,duration,loss.last,acc.last,f1.last,p.lr,p.batch,p.seed,target,user,tags",
    );
  });

  it("leave out what the machine measured, and name the experiment where runs of several stand", () => {
    const found = defaultColumns([metric("system/cpu_percent"), metric("loss")], [], { experiment: true });
    expect(writeColumns(found)).toBe("experiment,status,started,duration,loss.last,target,user,tags");
  });

  it("prefer results, then what most runs have, then curves; the machine comes last and files not at all", () => {
    const order = (...of: Name[]) => preferred(of).map((each) => each.name);
    const [fibonacci, sigmoid] = [metric("Fibonacci", "list"), metric("Sigmoid")];
    expect(order(fibonacci, sigmoid, metric("alpha"), metric("mse"))).toEqual(["mse", "Sigmoid", "alpha", "Fibonacci"]);
    expect(
      order(metric("system/loss", "scalar", "value", 9), metric("x"), metric("m", "confusion_matrix", "artifact")),
    ).toEqual(["x", "system/loss"]);
    expect(order(metric("glossary"), metric("lr", "scalar", "value", 2), metric("val/x"), metric("test_RMSE"))).toEqual(
      ["val/x", "test_RMSE", "lr", "glossary"],
    );
  });

  it("leave out what says the same of all runs, unless there is but one", () => {
    const params = ["epochs", "lr", "seed", "width", "depth"].map(param);
    const of = (lr: number, id: string) =>
      row(id, { params: { epochs: 3, lr, seed: lr, width: lr, depth: lr }, submitted_by: id });
    const columns = (rows: readonly Row[]) => writeColumns(defaultColumns([], params, { experiment: false, rows }));
    expect(columns([of(1, "a"), of(2, "b")])).toBe("status,started,duration,p.lr,p.seed,p.width,user,tags");
    expect(columns([of(1, "a"), of(2, "b"), row("sweep")])).toBe(
      "status,started,duration,p.lr,p.seed,p.width,user,tags",
    );
    expect(columns([row("queued"), row("waiting")])).toBe("status,started,duration,tags");
    const fold = (fold: number) => row(`${fold}`, { params: { fold } });
    const among = [...params, param("fold")];
    for (const rows of [[fold(1)], [fold(1), fold(2)]])
      expect(writeColumns(defaultColumns([], among, { experiment: false, rows }))).toContain("duration,p.fold,ta");
    expect(columns([of(1, "a")])).toBe("status,started,duration,p.epochs,p.lr,p.seed,target,user,tags");
  });
});

describe("metrics by default", () => {
  const metrics = ["loss", "acc", "f1", "auc"].map((name) => metric(name));
  const columns = (...rows: Row[]) => writeColumns(defaultColumns(metrics, [], { experiment: false, rows }));

  it("are those that some of these runs have", () => {
    expect(columns(row("a", {}, ["auc"]), row("b", {}, ["acc"]))).toBe(
      "status,started,duration,acc.last,auc.last,tags",
    );
    expect(columns(row("a", { ended_at: 1 }))).toBe("status,started,duration,target,user,tags");
  });

  it("are the most common ones while runs may measure them yet", () => {
    expect(columns(row("a"), row("b", { ended_at: 1 }))).toBe(
      "status,started,duration,loss.last,acc.last,f1.last,tags",
    );
  });
});

describe("children by default", () => {
  const place = { experimentId: "e", parentId: null };
  const server = (top: Row[], all: Row[]): Asking["runs"] => {
    return async (of) => (of.include_children ? all : top);
  };
  const flat = async (top: Row[], all: Row[], at: Parameters<typeof chooseDefaults>[0] = place) =>
    (await chooseDefaults(at, server(top, all))).flat;

  it("have rows of their own where their parents measured nothing, and columns by what they are", async () => {
    Object.assign(known, { metric: [metric("loss")], param: [param("lr")] });
    const child = (lr: number) => row(`child ${lr}`, { params: { lr } }, ["loss"]);
    const found = await chooseDefaults(place, server([row("parent")], [child(1), child(2), row("parent")]));
    expect([found.flat, writeColumns(found.columns)]).toEqual([true, "status,started,duration,loss.last,p.lr,tags"]);
  });

  it("are folded away where a run above measured something, or where not all of these are known", async () => {
    const [parent, child] = [row("parent"), row("child", {}, ["loss"])];
    expect(await flat([parent, row("single", {}, ["loss"])], [parent, child])).toBe(false);
    expect(
      await flat(
        Array.from({ length: 20 }, (_, at) => row(`${at}`)),
        [parent, child],
      ),
    ).toBe(false);
    expect(await flat([parent], [parent])).toBe(false);
    expect(await flat([], [])).toBe(false);
    expect(await flat([parent], [parent, child], { experimentId: null, parentId: null })).toBe(false);
    expect(await flat([parent], [parent, child], { experimentId: "e", parentId: "r" })).toBe(false);
  });
});
