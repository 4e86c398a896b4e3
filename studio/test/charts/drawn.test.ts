import { describe, expect, it } from "vitest";
import { drawnOf } from "../../src/charts/drawn";
import type { Found } from "../../src/charts/found";
import { gather } from "../../src/charts/group-curves";
import { remarksOf } from "../../src/charts/remarks";
import type { Scene } from "../../src/charts/scene";

const ink = { colour: "red", dash: [] };
const group = (label: string, runs: string[], count = runs.length) => ({
  label,
  ink,
  runs,
  count,
  aggregate: "mean" as const,
  band: "std" as const,
});
const metric = (runs: string[]) => ({ name: "m", of: new Map(runs.map((run) => [run, {}])) }) as unknown as Found;
const lines = (runs: string[]) => runs.map((run) => ({ run, label: run, ink, status: "Completed" }));
const refs = [{ metric: "m", column: "value" }];

describe("groups", () => {
  it("of one run each are drawn as these runs were logged, under the names of the groups", () => {
    const groups = [group("data = digits", ["a", "b", "c"])];
    const drawn = drawnOf({ lines: lines(["a", "b", "c"]), groups, refs, metric: metric(["b"]), spec: null }, gather);
    expect([drawn.groups, drawn.series.map((each) => each.run)]).toEqual([[], ["b"]]);
    expect(drawn.bearers).toEqual([{ run: null, label: "data = digits", ink, of: 1, taken: 1 }]);
  });

  it("of several runs are put together", () => {
    const groups = [group("a", ["a", "b"]), group("c", ["c"])];
    const drawn = drawnOf(
      { lines: lines(["a", "b", "c"]), groups, refs, metric: metric(["a", "b", "c"]), spec: null },
      gather,
    );
    expect(drawn.groups.map((each) => each.series)).toEqual([[0, 1], [2]]);
  });

  it("tell once how many runs are left out, however many columns each has", () => {
    const groups = [group("a", ["a", "b"], 120)];
    const both = [...refs, { metric: "m", column: "other" }];
    const runs = ["a", "b"];
    const wanted = { lines: lines(runs), groups, refs: both, metric: metric(runs), spec: null };
    const { groups: made } = drawnOf(wanted, gather);
    const curves = made.map(({ bearer }) => ({ ...bearer, x: [] }));
    expect(remarksOf({ curves, y: { kind: "linear" } } as unknown as Scene)).toEqual(["first 2 of 120 runs"]);
  });
});
