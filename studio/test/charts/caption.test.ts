import { expect, it } from "vitest";
import type { Frame } from "../../src/api/frame";
import { noteOf } from "../../src/charts/caption";
import type { Scene } from "../../src/charts/scene";

const frame = { x: { kind: "step", form: "buckets", width: 10 } } as unknown as Frame;
const scene = {
  xName: "",
  x: { range: [10, 30] },
  curves: [{ n: 50, nonfinite: 2, x: [5, 15, 25, 35], count: [10, 10, 9, 21] }],
} as unknown as Scene;

it("counts the points that are seen, and not those beside a part that was zoomed into", () => {
  expect(noteOf(scene, frame, "", false, true)).toBe("buckets of 10 steps · 19 points · 2 not drawn (NaN, ∞)");
  expect(noteOf(scene, frame, "", false, false)).toContain("50 points");
});

it("of groups counts what the server says: a place of theirs counts runs", () => {
  expect(noteOf(scene, frame, "", true, true)).toContain("50 points");
});

it("says of a curve that turns back how many of its points are drawn", () => {
  const points = { x: { kind: "metric", form: "points", width: 0 } } as unknown as Frame;
  expect(noteOf(scene, points, "", false, false)).toBe("4 of 50 points drawn · 2 not drawn (NaN, ∞)");
  const all = { ...scene, curves: [{ ...scene.curves[0]!, n: 4, nonfinite: 0 }] };
  expect(noteOf(all, points, "", false, false)).toBe("4 values");
});
