import { expect, test } from "vitest";
import type { Surface } from "../../src/charts/paint";
import { axisOf, numberTicks, oddCounts, placeAt, roundedAt, type Value } from "../../src/charts/parallel/axis";
import {
  type Brush,
  between,
  brushesText,
  extent,
  passing,
  readBrushes,
  toggled,
} from "../../src/charts/parallel/brush";
import { choiceQuery, moved, readChoice } from "../../src/charts/parallel/choice";
import { BINS, binOf, strands, strength } from "../../src/charts/parallel/density";
import { drawAll, LINES } from "../../src/charts/parallel/draw";
import { arranged, crossing, layoutOf, topOf } from "../../src/charts/parallel/layout";
import { nearest } from "../../src/charts/parallel/nearest";
import { ramp } from "../../src/charts/parallel/ramp";
import type { Scene } from "../../src/charts/parallel/scene";
import { compared } from "../../src/charts/parallel/table";
import { tableOf } from "../../src/charts/parallel/text";

const axis = (id: string, values: readonly Value[], log?: boolean) => axisOf({ id, title: id, values }, log);

test("numbers over two powers of ten lie on a logarithmic scale, unless another is chosen", () => {
  const rates = [1e-4, 1e-3, 1e-2];
  expect(axis("lr", rates).scale.kind).toBe("log");
  expect([...axis("lr", rates).places]).toEqual([0, 0.5, 1].map((place) => expect.closeTo(place, 9)));
  expect(axis("lr", rates, false).scale.kind).toBe("linear");
  expect(axis("n", [1, 99]).scale.kind).toBe("linear");
  expect(axis("n", [1, 99], true).scale.kind).toBe("log");
});

test("a scale of numbers that are not all above zero is never logarithmic", () => {
  for (const values of [
    [0, 1, 1000],
    [-1, 1000],
  ]) {
    expect(axis("x", values, true)).toMatchObject({ loggable: false, scale: { kind: "linear" } });
  }
});

test("one number alone stands in the middle of its axis", () => {
  expect([...axis("x", [5, 5]).places]).toEqual([0.5, 0.5]);
  expect(axis("x", [0]).places[0]).toBe(0.5);
});

test("texts, booleans and mixtures are categories, in the order of names from the top", () => {
  expect(axis("optimizer", ["sgd", "adam", "sgd"])).toMatchObject({ kind: "category", categories: ["sgd", "adam"] });
  expect([...axis("optimizer", ["sgd", "adam"]).places]).toEqual([0.25, 0.75]);
  expect(axis("flag", [true, false]).categories).toEqual(["true", "false"]);
  expect(axis("depth", [10, 9, "auto"]).categories).toEqual(["auto", "10", "9"]);
});

test("what is missing and what is not finite have no place, and are told apart and counted", () => {
  const found = axis("x", [1, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, "", 3]);
  expect(found.kind).toBe("number");
  expect(found.scale.range).toEqual([1, 3]);
  expect([...oddCounts(found)]).toEqual([
    ["none", 3],
    ["nan", 1],
    ["inf", 1],
    ["-inf", 1],
  ]);
  expect(Number.isNaN(found.places[1])).toBe(true);
  expect(axis("x", [null, Number.NaN]).scale.range).toEqual([0, 1]);
});

test("marks of whole numbers are whole", () => {
  expect(numberTicks(axis("depth", [2, 3, 8]), 12)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(numberTicks(axis("x", [0, 0.5]), 5)).toContain(0.1);
});

test("both ends of a range count; what has no place is outside; an open end lets all pass", () => {
  const axes = [axis("x", [1, 2, 3, null, Number.POSITIVE_INFINITY])];
  const pass = (brush: Brush) => [...passing(axes, { x: brush }, 5)];
  expect(pass({ kind: "range", from: 2, to: 3 })).toEqual([0, 1, 1, 0, 0]);
  expect(pass({ kind: "range", from: null, to: 2 })).toEqual([1, 1, 0, 0, 0]);
  expect(pass({ kind: "set", keys: ["!none", "!inf"] })).toEqual([0, 0, 0, 1, 1]);
});

test("what passes has to pass on every axis that is there", () => {
  const axes = [axis("x", [1, 2, 3]), axis("kind", ["a", "b", "b"])];
  const range: Brush = { kind: "range", from: 2, to: null };
  expect([...passing(axes, { x: range, kind: { kind: "set", keys: ["=b"] } }, 3)]).toEqual([0, 1, 1]);
  expect([...passing(axes, { x: range, gone: { kind: "set", keys: ["=c"] } }, 3)]).toEqual([0, 1, 1]);
});

test("a drag becomes a range, an end of the axis an open end, categories whose middles lie within a set", () => {
  const lr = axis("lr", [1e-4, 1e-2]);
  expect(between(lr, 0.5, 1)).toEqual({ kind: "range", from: 0.001, to: null });
  expect(between(lr, 1, 0)).toBeNull();
  const kinds = axis("kind", ["a", "b", "c"]);
  expect(between(kinds, 0.1, 0.6)).toEqual({ kind: "set", keys: ["=c", "=b"] });
  expect(between(kinds, 0.4, 0.45)).toBeNull();
  expect(extent(kinds, { kind: "set", keys: ["=c", "=b"] })).toEqual([0, expect.closeTo(2 / 3, 9)]);
  expect(extent(kinds, { kind: "set", keys: ["=a", "=c"] })).toBeNull(); // no stretch of the axis
});

test("numbers of a range have no more digits than a screen tells apart", () => {
  expect(roundedAt(axis("x", [1000, 1000.01]), 0.5)).toBe(1000.005);
  expect(roundedAt(axis("x", [0, 3]), 1 / 3)).toBe(1);
  expect(roundedAt(axis("n", [0, 1e6]), 0.123456789)).toBe(123_457);
});

test("a button puts a category into the set and takes it out", () => {
  expect(toggled(undefined, "=a")).toEqual({ kind: "set", keys: ["=a"] });
  expect(toggled({ kind: "set", keys: ["=a", "!none"] }, "=a")).toEqual({ kind: "set", keys: ["!none"] });
  expect(toggled({ kind: "set", keys: ["=a"] }, "=a")).toBeNull();
});

test("what was chosen survives the address, whatever the names are", () => {
  const hostile = "p.<b>a</b>, ~:%7E=!&?#é";
  const choice = {
    axes: ["p.lr", hostile],
    colour: hostile,
    logs: { [hostile]: true, "p.lr": false },
    brushes: {
      "p.lr": { kind: "range" as const, from: 0.001, to: null },
      [hostile]: { kind: "set" as const, keys: ["=a,b~c:d", "!none"] },
    },
  };
  const search = new URLSearchParams();
  for (const [name, text] of Object.entries(choiceQuery(choice))) if (text) search.set(name, text);
  expect(readChoice(new URLSearchParams(search.toString()))).toEqual(choice);
  expect(choiceQuery(readChoice(new URLSearchParams("")))).toEqual({ c: null, by: null, sc: null, br: null });
});

test("what an address says wrongly is left out", () => {
  expect(readBrushes("x~a:b,y~:,z,~1:2,w~!what,v~1:2")).toEqual({ v: { kind: "range", from: 1, to: 2 } });
  expect(brushesText({})).toBeNull();
});

test("an item is moved within its list, never out of it", () => {
  expect(moved(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], "b", 9)).toEqual(["a", "c", "b"]);
});

const layout = layoutOf([axis("x", [1, 2, null]), axis("y", [1, 2, 3])], 600, 400);

test("what has no place crosses below the scale, and axes have a least distance", () => {
  const x = axis("x", [1, 2, null]);
  expect(crossing(layout, x, 0)).toBe(layout.bottom);
  expect(crossing(layout, x, 1)).toBe(layout.top);
  expect(crossing(layout, x, 2)).toBeGreaterThan(layout.bottom);
  const many = Array.from({ length: 9 }, (_, index) => axis(`${index}`, [1, 2]));
  expect(layoutOf(many, 300, 400).width).toBeGreaterThan(800);
});

test("an axis that is dragged stands where it is, and the others make room", () => {
  const { order, lefts } = arranged(["a", "b", "c"], { left: 10, gap: 100 }, { id: "a", x: 120 });
  expect(order).toEqual(["b", "a", "c"]);
  expect([...lefts.values()]).toEqual([10, 120, 210]);
});

test("the nearest line that passes is meant, from one axis to the next", () => {
  const axes = [axis("x", [1, 2, 1.5]), axis("y", [1, 3, 2])];
  const of = layoutOf(axes, 600, 400);
  const lefts = [of.left, of.left + of.gap];
  const middle = lefts[0]! + of.gap / 2;
  const at = (y: number, pass = [1, 1, 1]) => nearest(of, axes, lefts, Uint8Array.from(pass), middle, y);
  expect(at(topOf(of, 0.5) + 2)).toBe(2);
  expect(at(topOf(of, 0.5) + 2, [1, 1, 0])).toBe(-1);
  expect(at(topOf(of, 1) + 1)).toBe(1);
});

test("lines are gathered into strands by where they begin and end, each line in one", () => {
  const a = axis("a", [0, 0, 0.001, 1, null]);
  const b = axis("b", [0, 0, 0, 1, 1]);
  const shares = Float64Array.of(0, 1, Number.NaN, 0.5, 0.5);
  const found = strands(a, b, Uint8Array.of(1, 1, 1, 1, 1), 1, shares);
  expect(found.map(({ count }) => count)).toEqual([1, 1, 3]);
  expect(found[2]).toEqual({ a: 0, b: 0, count: 3, share: 0.5 });
  expect(found.some((strand) => strand.a === binOf(a, 4) && strand.a >= BINS)).toBe(true);
  expect(strands(a, b, Uint8Array.of(1, 0, 0, 0, 0), 0, null).reduce((sum, { count }) => sum + count, 0)).toBe(4);
  expect(strength(1, 1000)).toBeGreaterThan(0.1);
  expect(strength(1000, 1000)).toBeGreaterThan(strength(10, 1000));
});

function sceneOf(count: number, kept: number): Scene {
  const values = Array.from({ length: count }, (_, index) => (index * 7919) % count);
  const axes = [axis("a", values), axis("b", [...values].reverse())];
  const of = layoutOf(axes, 600, 400);
  return {
    layout: of,
    axes,
    lefts: [of.left, of.left + of.gap],
    lines: values.map((value) => ({
      run: `${value}`,
      label: `run ${value}`,
      ink: { colour: "red", dash: [] },
      href: "",
    })),
    pass: Uint8Array.from(values, (_, index) => Number(index < kept)),
    passed: kept,
    colour: axes[1]!,
    dark: false,
  };
}

function drawn(scene: Scene) {
  const found = { lines: 0, areas: 0 };
  const surface: Surface = {
    line() {
      found.lines += 1;
    },
    area() {
      found.areas += 1;
    },
    dot: () => {},
  };
  drawAll(surface, scene, "grey");
  return found;
}

test("up to 2,000 lines are drawn each, more as density", () => {
  expect(drawn(sceneOf(LINES, LINES))).toEqual({ lines: LINES, areas: 0 });
  const many = drawn(sceneOf(LINES + 1, LINES + 1));
  expect(many.lines).toBe(0);
  expect(many.areas).toBeGreaterThan(10);
  expect(many.areas).toBeLessThan(2 * BINS * BINS);
  const filtered = drawn(sceneOf(3 * LINES, 20));
  expect(filtered.lines).toBe(20); // those that do not pass stand behind them as density
  expect(filtered.areas).toBeGreaterThan(10);
});

test("the table has the lines that pass, texts and numbers as they are", () => {
  const scene = sceneOf(5, 2);
  expect(tableOf(scene)).toEqual([
    ["run", "a", "b"],
    ["run 0", 0, 1],
    ["run 4", 4, 2],
  ]);
  expect([3, null, 1, Number.NaN, 20].sort(compared).slice(0, 3)).toEqual([1, 3, 20]);
  expect(["b10", "b9", null].sort(compared)).toEqual(["b9", "b10", null]);
});

/** Relative luminance of an OKLCH colour, by way of OKLab and linear sRGB. */
function luminance(colour: string): number {
  const [light = 0, chroma = 0, hue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  const [L, a, b] = [light / 100, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clipped = (value: number) => Math.min(1, Math.max(0, value));
  const red = clipped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clipped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clipped(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("every colour of the ramp has 3:1 to its ground, and they are told apart by lightness alone", () => {
  const grounds = { light: luminance("oklch(99.2% 0.002 260)"), dark: luminance("oklch(17.5% 0.008 260)") };
  for (const look of ["light", "dark"] as const) {
    const all = Array.from({ length: 11 }, (_, index) => luminance(ramp(index / 10, look === "dark")));
    for (const each of all) {
      const [high, low] = [Math.max(each, grounds[look]), Math.min(each, grounds[look])];
      expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(3);
    }
    expect(all).toEqual([...all].sort((a, b) => a - b));
  }
  expect(ramp(-1, false)).toBe(ramp(0, false));
});

test("a place and its number belong together", () => {
  const lr = axis("lr", [1e-5, 1e-1]);
  expect(placeAt(lr, roundedAt(lr, 0.3))).toBeCloseTo(0.3, 3);
});
