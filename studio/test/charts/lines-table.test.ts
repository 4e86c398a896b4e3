import { expect, it } from "vitest";
import type { Curve } from "../../src/charts/curve";
import { tableOf } from "../../src/charts/lines-table";
import type { Scene } from "../../src/charts/scene";

const ink = { colour: "red", dash: [] };

function curve(x: number[], y: number[], rest: Partial<Curve> = {}): Curve {
  return {
    run: "r1",
    label: "same",
    ink,
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    low: null,
    high: null,
    count: null,
    smooth: null,
    width: 0,
    exact: true,
    sorted: true,
    n: x.length,
    nonfinite: 0,
    total: x.length,
    error: null,
    ...rest,
  };
}

const scene = (curves: Curve[], range = [0, 100]) =>
  ({ curves, x: { range }, xKind: "step", xName: "" }) as unknown as Scene;

const bucketed = (run: string, high: number): Curve =>
  curve([4.5, 14.5], [0.5, 0.5], {
    run,
    exact: false,
    width: 10,
    low: Float64Array.of(0.5, 0.25),
    high: Float64Array.of(0.5, high),
    count: [10, 9],
  });

it("has the extremes of each of several lines, told apart by their ids", () => {
  expect(tableOf(scene([bucketed("r1", 99), bucketed("r2", 100)]))).toEqual([
    ["run", "run_id", "from", "to", "last", "min", "max", "count"],
    ["same", "r1", 0, 9, 0.5, 0.5, 0.5, 10],
    ["same", "r1", 10, 19, 0.5, 0.25, 99, 9],
    ["same", "r2", 0, 9, 0.5, 0.5, 0.5, 10],
    ["same", "r2", 10, 19, 0.5, 0.25, 100, 9],
  ]);
});

it("says from where to where a bucket of times goes, and of which step one of a single step is", () => {
  const times = { ...scene([{ ...bucketed("r1", 1), x: Float64Array.of(5, 15) }]), xKind: "relative" } as Scene;
  expect(tableOf(times)[1]!.slice(0, 2)).toEqual([0, 10]);
  expect(tableOf(scene([{ ...bucketed("r1", 1), width: 1 }]))[0]![0]).toBe("step");
});

it("has the digits that a chart is sent with, and no others", () => {
  const value = (y: number[], level?: number) =>
    tableOf(scene([curve([1, 2, 3].slice(0, y.length), y, level ? { level } : {})]))
      .slice(1)
      .map((row) => row[1]);
  expect(value([2.188208818435669, 0.5, 0.100000001490116], 1)).toEqual([2.188209, 0.5, 0.1]);
  // Sent from a base: these differ in their ninth digit.
  expect(value([12345.6788, 12345.6789, 12345.679], 1)).toEqual([12345.6788, 12345.6789, 12345.679]);
  expect(value([1 / 3], 1)).toEqual([1 / 3]);
  expect(value([0, 0], 1)).toEqual([0, 0]);
  expect(value([16_777_215, 3], 1)).toEqual([16_777_215, 3]);
  // Of a document, which is there as it was logged.
  expect(value([2.188208767132491, 0.5])).toEqual([2.188208767132491, 0.5]);
});

it("keeps every point of a step that was logged again, and the smoothed value of each", () => {
  const smooth = { x: Float64Array.of(1, 2, 2, 3), y: Float64Array.of(10, 20, 21, 30) };
  const again = curve([1, 2, 2, 3], [1, 2, 2.5, 3], { smooth });
  expect(tableOf(scene([again]))).toEqual([
    ["step", "value", "smoothed"],
    [1, 1, 10],
    [2, 2, 20],
    [2, 2.5, 21],
    [3, 3, 30],
  ]);
});

it("leaves out gaps and what is not seen, and takes the smoothed value from the same place all the same", () => {
  const smooth = { x: Float64Array.of(1, 3, 4), y: Float64Array.of(10, 30, 40) };
  const gap = curve([1, 2, 3, 4], [1, Number.NaN, 3, 4], { smooth });
  expect(tableOf(scene([gap], [2, 3])).slice(1)).toEqual([[3, 3, 30]]);
});

it("calls a band of groups what it is", () => {
  const group = (band: "std" | "minmax" | "quartiles", label: string) => ({
    ...bucketed("", 1),
    run: null,
    label,
    band,
    of: 12,
  });
  const [names, first] = tableOf(scene([group("std", "k = 1"), group("std", "k = 2")]));
  expect(names).toEqual(["group", "from", "to", "mean", "mean − std", "mean + std", "runs"]);
  expect(first).toEqual(["k = 1", 0, 9, 0.5, 0.5, 0.5, 10]);
  expect(tableOf(scene([group("quartiles", "a")]))[0]).toEqual([
    "from",
    "to",
    "median",
    "lower quartile",
    "upper quartile",
    "runs",
  ]);
  expect(tableOf(scene([group("minmax", "a")]))[0]).toEqual(["from", "to", "mean", "min", "max", "runs"]);
});
