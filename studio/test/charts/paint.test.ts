import { describe, expect, it } from "vitest";
import type { Curve } from "../../src/charts/curve";
import { canvasSurface, paint } from "../../src/charts/paint";

interface Stroke {
  dashFrom: number;
  width: number;
  places: [number, number][];
}

/** A canvas that remembers what was stroked and how many areas were filled. */
function canvas() {
  const strokes: Stroke[] = [];
  const areas: number[] = [];
  let places: [number, number][] = [];
  const context = {
    lineDashOffset: 0,
    lineWidth: 0,
    beginPath() {
      places = [];
    },
    moveTo: (x: number, y: number) => void places.push([x, y]),
    lineTo: (x: number, y: number) => void places.push([x, y]),
    closePath: () => {},
    setLineDash: () => {},
    fill: () => void areas.push(places.length),
    stroke() {
      if (places.length) strokes.push({ dashFrom: context.lineDashOffset, width: context.lineWidth, places });
    },
  };
  return { context: context as unknown as CanvasRenderingContext2D, strokes, areas };
}

const curve = (run: string, count: number, band = false): Curve => {
  const x = Float64Array.from({ length: count }, (_, index) => index);
  const y = x.map((each) => (each % 2 ? 3 : 0));
  const ink = { colour: "red", dash: [6, 3] };
  const sides = band ? { low: y.map((each) => each - 1), high: y.map((each) => each + 1) } : { low: null, high: null };
  return { run, label: run, ink, x, y, ...sides, smooth: null, sorted: true } as unknown as Curve;
};

function painted(curves: Curve[], highlighted: string | null = null) {
  const { context, strokes, areas } = canvas();
  const same = (value: number) => value;
  paint(canvasSurface(context, 1), curves, same, same, { style: "line", highlighted, from: 0, to: 1e6 });
  return { strokes, areas };
}

describe("a long line", () => {
  it("is drawn in pieces that hold every step once, joined by the step that they share", () => {
    const { strokes } = painted([curve("a", 100)]);
    expect(strokes.length).toBeGreaterThan(2);
    const steps = strokes.flatMap(({ places }) => places.slice(1).map(([x]) => x));
    expect(new Set(steps)).toEqual(new Set(Array.from({ length: 99 }, (_, index) => index + 1)));
    for (let index = 1; index < strokes.length; index += 1)
      expect(strokes[index]!.places.slice(0, 2)).toEqual(strokes[index - 1]!.places.slice(-2));
  });

  it("has dashes that go on from piece to piece", () => {
    for (const { dashFrom, places } of painted([curve("a", 100)]).strokes)
      expect(dashFrom).toBeCloseTo(places[0]![0] * Math.hypot(1, 3));
  });

  it("does not repeat a step where it is seen through", () => {
    const faded = painted([curve("a", 100), curve("b", 2)], "b").strokes.filter(({ places }) => places.length > 2);
    expect(faded.length).toBeGreaterThan(2);
    for (let index = 1; index < faded.length; index += 1)
      expect(faded[index]!.places[0]).toEqual(faded[index - 1]!.places.at(-1));
  });

  it("has a band whose pieces reach from end to end, and an edge above and below but none across", () => {
    const { areas, strokes } = painted([curve("a", 100, true)]);
    expect(areas.reduce((all, each) => all + each / 2 - 1, 0)).toBe(99);
    const steps = strokes
      .filter(({ width }) => width === 1)
      .flatMap(({ places }) => places.slice(1).map(([x], at) => x - places[at]![0]));
    // From the end of one to the start of the other the pen is lifted.
    expect(steps).toEqual([...Array(99).fill(1), -99, ...Array(99).fill(1)]);
  });

  it("has a band of one place alone as a line from its highest to its lowest", () => {
    const alone = curve("a", 3, true);
    alone.high!.set([Number.NaN, 5, Number.NaN]);
    const across = painted([alone]).strokes.filter(({ width }) => width === 1);
    expect(across.flatMap(({ places }) => places)).toContainEqual([1, alone.low![1]]);
    expect(across[0]!.places[0]).toEqual([1, 5]);
  });
});

describe("many lines", () => {
  it("have bands that are edges alone, but the one that stands out", () => {
    const many = Array.from({ length: 21 }, (_, index) => curve(`r${index}`, 3, true));
    expect(painted(many).areas).toHaveLength(0);
    expect(painted(many, "r4").areas).toHaveLength(1);
    expect(painted(many.slice(1)).areas).toHaveLength(20);
  });

  it("are hairlines but the one that stands out", () => {
    const many = Array.from({ length: 21 }, (_, index) => curve(`r${index}`, 3));
    const widths = painted(many, "r4").strokes.map(({ width }) => width);
    expect(widths.filter((each) => each === 1.5)).toHaveLength(1);
    expect(painted(many.slice(1)).strokes.every(({ width }) => width === 1.5)).toBe(true);
  });
});
