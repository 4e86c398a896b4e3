import { beforeEach, describe, expect, it } from "vitest";
import { speak } from "../../src/base/language";
import { clock } from "../../src/base/number";
import type { Curve } from "../../src/charts/curve";
import { pointed, together } from "../../src/charts/pointing";
import type { Scene } from "../../src/charts/scene";
import { placeText, told, xText } from "../../src/charts/tooltip";

beforeEach(() => speak("en"));

const same = (value: number) => value;

function curve(label: string, x: number[], rest: Partial<Curve> = {}): Curve {
  const y = Float64Array.from(x, (each) => each / 10);
  return {
    run: label,
    label,
    x: Float64Array.from(x),
    y,
    count: null,
    smooth: null,
    width: 0,
    sorted: true,
    exact: true,
    ...rest,
  } as Curve;
}

const steps = { xKind: "step", x: { range: [0, 10_000] } } as unknown as Scene;
const passed = { xKind: "relative", x: { range: [0, 2] } } as unknown as Scene;

describe("an x", () => {
  it("is told as finely as points lie apart", () => {
    const tenHz = curve("a", [1.2, 1.3, 1.4, 1.5]);
    const texts = [0, 1, 2, 3].map((at) => placeText(passed, tenHz, at));
    expect(texts.map(Number.parseFloat)).toEqual([1.2, 1.3, 1.4, 1.5]);
    expect(texts[0]).toMatch(/^1\.20?\u00a0s$/);
    expect(placeText(passed, curve("a", [1.25, 1.35], { width: 0.1 }), 0)).toBe("1.2\u00a0s – 1.3\u00a0s");
    expect(placeText(passed, curve("a", [0.4]), 0)).toBe("0.4\u00a0s");
    expect(placeText(passed, curve("a", [0]), 0)).toBe("0");
    expect(xText("relative", 95, 10)).toBe("1:35");
    expect(xText("relative", 12.4, 3)).toBe("12\u00a0s");
  });

  it("has parts of a second of the time of day where points are closer than one", () => {
    const at = 1_700_000_000.2999;
    expect(xText("time", at, 0.1)).toContain(`(${clock(at)}.3)`);
    expect(xText("time", 1_700_000_000.96, 0.1)).toContain(`(${clock(1_700_000_001)}.0)`);
    expect(xText("time", at, 1)).toContain(`(${clock(at)})`);
  });

  it("is about so where whole buckets of the source are counted", () => {
    const bucket = curve("a", [124.5], { width: 50, exact: false, level: 1 });
    expect(placeText(steps, bucket, 0)).toBe("100 – 149");
    expect(placeText(steps, { ...bucket, level: 64 }, 0)).toBe("≈ 100 – 149");
    expect(
      told(
        {
          points: [{ curve: { ...bucket, level: 64, low: null, high: null }, index: 0, left: 0, top: 0, distance: 0 }],
          left: 0,
          top: 0,
        },
        steps,
      ),
    ).toMatch(/^step ≈ 100 – 149: a/);
  });
});

describe("what stands together", () => {
  const labels = (curves: Curve[], x: number, top: number) =>
    pointed(curves, same, same, x, x, top).map((each) => each.curve.label);

  it("has no buckets of lines that ended before", () => {
    const long = curve("long", [50, 150, 250], { width: 100, exact: false });
    const short = curve("short", [50, 235], { width: 100, exact: false });
    expect(labels([long, short], 252, 25)).toEqual(["long"]);
    // Where a line runs on over buckets without a point, it has a row, which says where its point is.
    expect(labels([long, short], 152, 15)).toEqual(["long", "short"]);
  });

  it("has points of lines that ended close by, and none of those that did long before", () => {
    const long = curve("long", [0, 100, 200]);
    const near = curve("near", [0, 190]);
    const far = curve("far", [0, 120]);
    expect(labels([long, near, far], 201, 20)).toEqual(["long", "near"]);
  });

  it("means first a line that goes on, but at the end of one that does not", () => {
    const there = curve("there", [0, 110, 200]);
    const ended = curve("ended", [0, 90]);
    expect(labels([there, ended], 91, 5)[0]).toBe("ended");
    expect(labels([there, ended], 91, -30)[0]).toBe("there");
  });

  it("is nothing where nothing is", () => {
    expect(together([])).toEqual([]);
  });
});
