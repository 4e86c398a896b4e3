import { expect, it } from "vitest";
import type { Frame } from "../../src/api/frame";
import { noteOf as note, sentenceOf } from "../../src/charts/caption";
import { remarksOf } from "../../src/charts/remarks";
import type { Scene } from "../../src/charts/scene";

const noteOf = (scene: Scene, frame: Frame, yName: string, part: boolean) =>
  note(scene, frame, yName, part, remarksOf(scene));
const frame = { x: { kind: "step", form: "buckets", width: 10 }, level: 1 } as unknown as Frame;
const points = { x: { kind: "metric", form: "points", width: 0 }, level: 1 } as unknown as Frame;
const scene = {
  xName: "",
  xKind: "step",
  style: "line",
  x: { range: [10, 30] },
  y: { kind: "linear", range: [0, 1] },
  curves: [{ n: 50, nonfinite: 2, x: [5, 15, 25, 35], y: [1, 1, 1, 1], count: [10, 10, 9, 21], width: 10 }],
} as unknown as Scene;
const of = (changes: object, rest: object = {}) =>
  ({ ...scene, ...rest, curves: [{ ...scene.curves[0]!, nonfinite: 0, ...changes }] }) as unknown as Scene;

it("counts the points that are seen, about so many where buckets reach over the edge of a part that was zoomed into", () => {
  expect(noteOf(scene, frame, "", true)).toBe("buckets of 10 steps · ≈ 19 points · 2 not drawn (NaN, ∞)");
  expect(noteOf(scene, frame, "", false)).toContain("· 50 points");
});

it("counts exactly where a bucket is a step made of the rows themselves", () => {
  const steps = { ...frame, x: { ...frame.x, width: 1 } } as Frame;
  expect(noteOf(of({ width: 1 }), steps, "", true)).toBe("19 values");
  expect(noteOf(of({ width: 1 }), { ...steps, level: 64 }, "", true)).toBe("≈ 19 values");
});

it("of groups says what is drawn of them, and of how many of their runs", () => {
  const text = (band: string, taken = 100) => noteOf(of({ band, of: 120, taken }), frame, "", false);
  expect(text("std")).toBe("mean ± std · first 100 of 120 runs · buckets of 10 steps · 50 points");
  expect(text("minmax", 120)).toBe("mean, min – max · buckets of 10 steps · 50 points");
  expect(text("quartiles", 120)).toContain("median, quartiles");
});

it("says of a curve that turns back how many of its points are drawn", () => {
  expect(noteOf(scene, points, "", false)).toBe("4 of 50 points drawn · 2 not drawn (NaN, ∞)");
  expect(noteOf(of({ n: 4 }), points, "", false)).toBe("4 values");
});

it("says what a logarithm leaves out", () => {
  const log = { y: { kind: "log", range: [1, 100] } };
  const values = { x: Float64Array.of(11, 12, 13, 14, 15), y: [-1, 0, 1, 10, 100], count: [1, 1, 1, 1, 1], n: 5 };
  expect(noteOf(of({ ...values, exact: true }, log), points, "", false)).toBe("2 not drawn (≤ 0) · 5 values");
  expect(noteOf(of({ ...values, low: [-1, 0, 0, 10, 100] }, log), frame, "", false)).toContain(
    "≤ 0 and so not drawn in 3 buckets",
  );
});

it("says what lies beyond an axis without outliers", () => {
  const values = { x: Float64Array.of(5, 15, 25), y: [9, 0.5, 7], count: [1, 1, 1], n: 3, exact: true };
  expect(noteOf(of(values, { outliers: true }), points, "", false)).toBe("1 beyond the axis · 3 values");
  expect(noteOf(of(values), points, "", false)).toBe("3 values");
});

it("says between which steps the lowest lies, where one place is a bucket", () => {
  const values = { x: [10, 20, 30], y: [3, 2, 4], low: [3, -30, 4], label: "a", n: 30 };
  const whole = { x: { range: [0, 40] } };
  expect(sentenceOf(of({ ...values, width: 11, n: 33 }, whole), "loss")).toBe(
    "Line chart, loss, 1 run, step 0 to 40; lowest -30 at 15 – 25",
  );
  // A bucket of the source may reach out of that of the chart.
  expect(sentenceOf(of({ ...values, width: 11, level: 4 }, whole), "loss")).toContain("at ≈ 15 – 25");
  expect(sentenceOf(of({ ...values, width: 0, low: null }, whole), "loss")).toContain("lowest 2 at 20");
});

it("takes no edge of a band around a mean for the lowest", () => {
  const values = { x: [10, 20], y: [3, 2], low: [1, 0.5], high: [5, 4], width: 0, of: 2, label: "k = 1" };
  expect(sentenceOf(of({ ...values, band: "std" }), "loss")).toBe(
    "Line chart, loss, 1 group, step 10 to 30; lowest mean 2 at 20",
  );
  expect(sentenceOf(of({ ...values, band: "minmax" }), "loss")).toContain("lowest 0.5 at 20");
});
