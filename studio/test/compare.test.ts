import { expect, test } from "vitest";
import type { Schemas } from "../src/api/call";
import type { Run } from "../src/api/run";
import {
  differing,
  type Listed,
  metricChoices,
  usualAxes,
  usualColour,
  valuesOf,
  withStat,
} from "../src/pages/compare/parallel/axes";
import { bestOf, distance, factRows, flat, metricRows, rowsOf } from "../src/pages/compare/rows";
import { columnText, metricColumns } from "../src/table/column";

test("a row for each name that any run has; what one lacks differs", () => {
  const rows = rowsOf([
    { lr: 0.1, depth: 3 },
    { lr: 0.1, seed: 7 },
  ]);
  expect(rows.map((row) => [row.name, row.differs])).toEqual([
    ["lr", false],
    ["depth", true],
    ["seed", true],
  ]);
  expect(rows[1]?.cells[1]).toBeNull();
});

test("numbers that look alike differ if they are not the same", () => {
  expect(rowsOf([{ x: 0.123456 }, { x: 0.123457 }])[0]?.differs).toBe(true);
});

test("a text is not the number that it looks like", () => {
  const [row] = rowsOf([{ x: 1 }, { x: "1" }, {}]);
  expect([row?.differs, row?.cells.map((cell) => cell?.text)]).toEqual([true, ["1", '"1"', undefined]]);
  expect(rowsOf([{ x: "1" }, { x: "1" }])[0]?.cells[0]?.text).toBe("1");
  expect(differing([runOf({ x: 1 }), runOf({ x: "1" })], "param").map((each) => each.name)).toEqual(["x"]);
});

test("whole numbers are whole, as far as they are exact", () => {
  const texts = (...values: unknown[]) => rowsOf(values.map((x) => ({ x })))[0]?.cells.map((cell) => cell?.text);
  expect(texts(1234567987, 1234567988)).toEqual(["1,234,567,987", "1,234,567,988"]);
  expect(texts(2 ** 53 - 1, 2 ** 70, 0.00012346)).toEqual(["9,007,199,254,740,991", "1.181e21", "1.235e-4"]);
});

const column = (name: string, values: Partial<Schemas["Summary"]>) =>
  ({ column: name, ...values }) as Schemas["Summary"];
const metric = (name: string, kind: string, ...columns: Schemas["Summary"][]) =>
  ({ name, kind, columns }) as unknown as Schemas["Metric"];

test("figures of metrics: the last of a scalar, the mean over finite numbers, columns by name", () => {
  const some = [
    metric("loss", "scalar", column("value", { last: 0.5, min: 0.2, sum: 6, numeric: 4, nonfinite: 1 })),
    metric("Cosine Wave", "table", column("angle", { min: -5, last: 4.5, sum: 0, numeric: 0, nonfinite: 0 })),
    metric("note", "scalar", column("value", { last: "text" })),
  ];
  const names = (stat: "last" | "min" | "mean") =>
    metricRows([some], stat).map((row) => [row.name, row.cells[0]?.value]);
  expect(names("last")).toEqual([["loss", 0.5]]);
  expect(names("min")).toEqual([
    ["loss", 0.2],
    ["Cosine Wave [angle]", -5],
  ]);
  expect(names("mean")).toEqual([["loss", 2]]);
});

test("what ended in NaN or without bound is no run that never logged it", () => {
  const of = (values: Partial<Schemas["Summary"]>) => [metric("loss", "scalar", column("value", values))];
  const runs = [
    of({ last: Number.NaN, nonfinite: 3, numeric: 3 }),
    of({ last: -Infinity, nonfinite: 1, numeric: 1 }),
    [],
  ];
  const texts = (stat: "last" | "min" | "mean") => metricRows(runs, stat)[0]?.cells.map((cell) => cell?.text);
  expect(texts("last")).toEqual(["NaN", "−∞", undefined]);
  expect(texts("min")).toEqual(["NaN", "NaN", undefined]);
  expect(metricRows([runs[0]!, []], "mean")[0]?.differs).toBe(true);
  expect(metricRows([runs[0]!, runs[0]!], "last")[0]?.differs).toBe(false);
});

test("an environment is compared leaf by leaf", () => {
  expect(flat({ python: { path: "python", packages: ["a"] }, name: "e" })).toEqual({
    "python.path": "python",
    "python.packages": ["a"],
    name: "e",
  });
});

const runOf = (params: Record<string, unknown>) => ({ params, tags: {}, properties: {} }) as unknown as Run;
const named = (name: string, metric_kind = "scalar") => ({ name, column: "value", metric_kind, runs: 1 });

test("axes at first: parameters that differ, long lists of texts last, then metrics whose numbers differ", () => {
  const runs = Array.from({ length: 20 }, (_, index) =>
    runOf({ a: `name ${index}`, lr: index, same: 1, n10: index % 2, n9: [index % 3] }),
  );
  const params = differing(runs, "param");
  expect(params.map((each) => each.name)).toEqual(["a", "lr", "n9", "n10"]);
  const metrics = metricChoices(
    [named("acc"), named("size"), named("system/cpu"), named("cm", "confusion_matrix")],
    "last",
  );
  expect(metrics.map(columnText)).toEqual(["acc.last", "size.last"]);
  const summaries = runs.map((_, index) => [column("value", { last: index }), column("value", { last: 7 })]);
  const values = valuesOf({ runs, summaries } as unknown as Listed, [...params, ...metrics], metricColumns(metrics));
  expect(values.get("p.n9")?.[4]).toBe("[1]");
  const usual = usualAxes(params, metrics, values);
  expect(usual.map(columnText)).toEqual(["p.lr", "p.n9", "p.n10", "p.a", "acc.last"]);
  expect([usualColour(usual, 20, "run"), usualColour(usual, 12, "run")]).toEqual(["acc.last", "run"]);
  expect(withStat(usual, "min").map(columnText).at(-1)).toBe("acc.min");
});

test("what a run lacks differs from what others have, and a figure that was not asked for is missing", () => {
  expect(differing([runOf({ x: 1 }), runOf({})], "param").map((each) => each.name)).toEqual(["x"]);
  const acc = metricChoices([named("acc")], "max");
  expect(valuesOf({ runs: [runOf({})], summaries: [[]] } as unknown as Listed, acc, []).get("acc.max")).toEqual([null]);
});

test("a best value only where the name says which direction is better, and values differ", () => {
  const best = (name: string, ...values: unknown[]) => bestOf(rowsOf(values.map((each) => ({ [name]: each })))[0]!);
  expect(best("test_loss", 0.2, 0.1, Number.NaN)).toEqual({ value: 0.1, lowest: true });
  expect(best("val/acc", 0.9, 0.95, null)).toEqual({ value: 0.95, lowest: false });
  expect([best("lr", 1, 2), best("glossy", 1, 2), best("loss", 1, 1), best("error of accuracy", 1, 2)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("distances of what was measured have as many digits as one another", () => {
  expect([0.00222, 0.0047, -0.0513, 1, 12.345, 250].map((by) => distance(by, true))).toEqual([
    "+0.00222",
    "+0.00470",
    "−0.0513",
    "+1.00",
    "+12.3",
    "+250",
  ]);
  expect([7e-4, 0.0027, 1].map((by) => distance(by, false))).toEqual(["+7e-4", "+0.0027", "+1"]);
});

test("durations that read the same are no difference", () => {
  const lasting = (s: number) => ({ ...runOf({}), started_at: 100, ended_at: 100 + s, definition: {} }) as Run;
  const say = { status: "s", started: "b", duration: "d", target: "t", script: "c", arguments: "a", commit: "g" };
  const rows = factRows([lasting(11.8), lasting(12.3)], say, (status) => status);
  expect(rows.find((row) => row.name === "d")?.differs).toBe(false);
});
