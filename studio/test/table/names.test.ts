/** The columns that a table shows before anybody chose. */
import { describe, expect, it } from "vitest";
import { writeColumns } from "../../src/table/column";
import { defaultColumns, type Name } from "../../src/table/names";

function metric(name: string, kind = "scalar", column = "value"): Name {
  return { name, column, metric_kind: kind, runs: 1 };
}

describe("columns by default", () => {
  it("are the most common figures and parameters between what every run has", () => {
    const metrics = [metric("loss"), metric("table", "table", "x"), metric("acc"), metric("f1"), metric("rare")];
    const params = ["lr", "batch", "seed", "rare"].map((name) => ({ name, column: "", metric_kind: "", runs: 1 }));
    expect(writeColumns(defaultColumns(metrics, params, { experiment: false }))).toBe(
      "status,started,duration,loss.last,acc.last,f1.last,p.lr,p.batch,p.seed,target,user,tags",
    );
  });

  it("leave out what the machine measured, and name the experiment where runs of several stand", () => {
    const found = defaultColumns([metric("system/cpu_percent"), metric("loss")], [], { experiment: true });
    expect(writeColumns(found)).toBe("experiment,status,started,duration,loss.last,target,user,tags");
  });
});
