import { describe, expect, it } from "vitest";
import { withoutOutliers } from "../../src/charts/outliers";
import { extent, HeldRange, padded } from "../../src/charts/range";
import { projection, scale } from "../../src/charts/scale";

const spread = (x: number[], ...ys: number[][]) => ({ x, ys });

describe("the range of y", () => {
  it("takes in every band within what is seen, and no NaN", () => {
    const found = [spread([0, 1, 2, 3], [1, Number.NaN, 3, 900], [0, -5, 2, 0])];
    expect(extent(found, [0, 2], "linear")).toEqual([-5, 3]);
    expect(extent(found, [7, 9], "linear")).toBeNull();
  });

  it("of a logarithmic axis has positive numbers alone", () => {
    expect(extent([spread([0, 1, 2], [0, -3, 0.5])], [0, 2], "log")).toEqual([0.5, 0.5]);
  });

  it("takes in where a line goes through the edges of what is seen", () => {
    const falling = [spread([0, 10, 20], [100, 50, 0])];
    expect(extent(falling, [8, 14], "linear")).toEqual([50, 50]);
    expect(extent(falling, [8, 14], "linear", true)).toEqual([30, 60]);
    expect(extent(falling, [2, 4], "linear", true)).toEqual([80, 90]);
    expect(extent([spread([0, 2], [100, 1])], [1, 2], "log", true)).toEqual([1, 10]);
    expect(extent([spread([0, 2, 4], [1, Number.NaN, 3])], [1, 3], "linear", true)).toBeNull();
  });

  it("leaves out the ends of what is seen if outliers are ignored", () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    values[500] = 1e9;
    const [low, high] = withoutOutliers(
      [
        spread(
          values.map((_, index) => index),
          values,
        ),
      ],
      [0, 1000],
      "linear",
    )!;
    expect(low).toBeCloseTo(10, 0);
    expect(high).toBeLessThan(1000);
  });

  it("has air, begins at zero where nothing is below, and shows a flat line in the middle", () => {
    expect(padded([0.01, 1], "linear")[0]).toBe(0);
    const [low, high] = padded([5, 5], "linear");
    expect((low + high) / 2).toBe(5);
    expect(padded([0, 0], "linear")).toEqual([-1, 1]);
    expect(padded([2, 2], "log")).toEqual([1, 4]);
  });

  it("only grows while the same is shown", () => {
    const held = new HeldRange();
    expect(held.next("a", [0, 1])).toEqual([0, 1]);
    expect(held.next("a", [0.2, 1.5])).toEqual([0, 1.5]);
    expect(held.next("a", [0.2, 0.9])).toEqual([0, 1.5]);
    expect(held.next("b", [0.2, 0.9])).toEqual([0.2, 0.9]);
  });

  it("starts anew when it has become much too large", () => {
    const held = new HeldRange();
    held.next("a", [0, 100]);
    expect(held.next("a", [0, 1])).toEqual([0, 1]);
  });
});

describe("scales", () => {
  it.each(["linear", "log", "symlog"] as const)("places the ends of a %s range at the ends", (kind) => {
    const place = projection(scale(kind, [0.1, 1000], 1), 10, 210);
    expect(place(0.1)).toBeCloseTo(10);
    expect(place(1000)).toBeCloseTo(210);
  });

  it("has no place for zero on a logarithmic axis", () => {
    expect(Number.isFinite(projection(scale("log", [0.1, 10]), 0, 100)(0))).toBe(false);
  });
});
