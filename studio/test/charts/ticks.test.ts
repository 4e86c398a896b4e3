import { beforeEach, describe, expect, it } from "vitest";
import { speak } from "../../src/base/language";
import { scale } from "../../src/charts/scale";
import { clockStep, columnTexts, niceStep, tickTexts, valueTicks, xTexts, xTicks } from "../../src/charts/ticks";

beforeEach(() => speak("en"));

describe("marks", () => {
  it("steps by 1, 2 or 5 times a power of ten", () => {
    expect([0.3, 1, 1.1, 3, 7, 0.0021].map((least) => niceStep(least))).toEqual([0.5, 1, 2, 5, 10, 0.005]);
  });

  it("steps as clocks are divided", () => {
    expect([3, 45, 61, 4000, 90_000].map(clockStep)).toEqual([5, 60, 120, 7200, 172_800]);
  });

  it("stands on round values, zero exactly", () => {
    expect(valueTicks(scale("linear", [-0.31, 0.42]), 5)).toEqual([-0.2, 0, 0.2, 0.4]);
    expect(valueTicks(scale("linear", [0, 100]), 5)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it("stands on powers of ten of a logarithmic axis, and between where there is room", () => {
    expect(valueTicks(scale("log", [0.9e-6, 1.1]), 8)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(valueTicks(scale("log", [0.18, 2.4]), 6)).toEqual([0.2, 0.5, 1, 2]);
    expect(valueTicks(scale("log", [1e-30, 1e30]), 5).length).toBeLessThanOrEqual(6);
  });

  it("mirrors them around zero", () => {
    const found = valueTicks(scale("symlog", [-100, 1000], 1), 8);
    expect(found).toContain(0);
    expect(found).toContain(-100);
    expect(found).toContain(1000);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it("puts steps on whole numbers, whatever the zoom", () => {
    expect(xTicks("step", scale("linear", [3.2, 5.9]), 8)).toEqual([4, 5]);
    expect(xTicks("metric", scale("linear", [0, 1]), 4)).toEqual([0, 0.5, 1]);
  });

  it("has one mark of a range that is a point", () => {
    expect(xTicks("step", scale("linear", [3, 3]), 8)).toEqual([3]);
  });
});

describe("texts of marks", () => {
  it("have as many decimals as tell them apart", () => {
    expect(tickTexts([0, 0.25, 0.5])).toEqual(["0.00", "0.25", "0.50"]);
    expect(tickTexts([0, 5000, 10_000])).toEqual(["0", "5K", "10K"]);
    expect(new Set(tickTexts([12345.67889, 12345.6789, 12345.67891])).size).toBe(3);
  });

  it("are written with an exponent where they are very small or large", () => {
    expect(tickTexts([0, 1e-7, 2e-7])).toEqual(["0", "1e-7", "2e-7"]);
    expect(tickTexts([1e20, 2e20])).toEqual(["1e20", "2e20"]);
    // One power of ten for all of an axis, but where its marks are powers themselves.
    expect(tickTexts([9.98e-6, 9.99e-6, 1e-5])).toEqual(["0.998e-5", "0.999e-5", "1.000e-5"]);
    expect(tickTexts([1e-7, 1e-6, 1e-5])).toEqual(["1e-7", "1e-6", "1e-5"]);
  });

  it("of a column are in one form", () => {
    expect(columnTexts([0.8, 0.81, 0])).toEqual(["0.80", "0.81", "0.00"]);
    expect(columnTexts([-0.001111, -9.876e-4])).toEqual(["-0.0011110", "-0.0009876"]);
    expect(columnTexts([1200, 30, 7, Number.NaN])).toEqual(["1,200", "30", "7", "NaN"]);
    expect(columnTexts([1e-8, 2.5e-8])).toEqual(["1e-8", "2.5e-8"]);
    expect(columnTexts([1e12, 0.5])).toEqual(["1e12", "0.5"]);
    expect(columnTexts([0, Number.NaN])).toEqual(["0", "NaN"]);
    expect(columnTexts([])).toEqual([]);
  });

  it("speak French", () => {
    speak("fr");
    expect(tickTexts([0, 0.5, 1])).toEqual(["0,0", "0,5", "1,0"]);
    expect(xTexts("relative", [0, 1800, 3600, 5400])).toEqual(["0", "0:30:00", "1:00:00", "1:30:00"]);
  });

  it("are times since the start", () => {
    expect(xTexts("relative", [0, 15, 30])).toEqual(["0", "15\u00a0s", "30\u00a0s"]);
    expect(xTexts("relative", [30, 60, 90])).toEqual(["0:30", "1:00", "1:30"]);
    expect(xTexts("relative", [3600, 10_800])).toEqual(["1\u00a0h", "3\u00a0h"]);
    expect(xTexts("relative", [60, 90, 120])).toEqual(["1:00", "1:30", "2:00"]);
  });
});
