import { expect, test } from "vitest";
import type { Schemas } from "../src/api/call";
import { flat, metricRows, rowsOf } from "../src/pages/compare/rows";

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
  expect(rowsOf([{ x: 1 }, { x: "1" }])[0]?.differs).toBe(false);
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

test("an environment is compared leaf by leaf", () => {
  expect(flat({ python: { path: "python", packages: ["a"] }, name: "e" })).toEqual({
    "python.path": "python",
    "python.packages": ["a"],
    name: "e",
  });
});
