import { describe, expect, it } from "vitest";
import { decode, frames } from "../../src/api/frame";
import { broken, curves, reach } from "../../src/charts/curve";
import { groupCurves } from "../../src/charts/group-curves";
import { pointed } from "../../src/charts/pointing";

type Numbers = Float32Array | Float64Array | Uint32Array;

/** A frame by hand, as docs/formats/frame.md has it. */
function frame(header: Record<string, unknown>, columns: { of: Record<string, unknown>; data: Numbers }[]): Uint8Array {
  let bytes = 0;
  const places = columns.map(({ of, data }) => {
    const dtype = data instanceof Float64Array ? "f8" : data instanceof Uint32Array ? "u4" : "f4";
    const place = { ...of, dtype, offset: bytes, length: data.length };
    bytes += Math.ceil(data.byteLength / 8) * 8;
    return place;
  });
  const text = new TextEncoder().encode(
    JSON.stringify({ series: [], groups: [], level: 1, rev: 1, ...header, columns: places, bytes }),
  );
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded + bytes).fill(0x20, 8, 8 + padded);
  out.set(new TextEncoder().encode("RWF1"));
  new DataView(out.buffer).setUint32(4, padded, true);
  out.set(text, 8);
  columns.forEach(({ data }, index) => {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + padded + places[index]!.offset);
  });
  return out;
}

const ink = { colour: "red", dash: [] };
const bearer = { run: "r1", label: "one", ink };
const buckets = { kind: "step", form: "buckets", from: 0, to: 40, width: 10, buckets: 4 };

const points = frame(
  {
    x: { kind: "step", form: "points", from: 0, to: 20, width: 0, buckets: 0 },
    series: [{ run: "r1", metric: "loss", column: "value", base: 0.375, n: 2, nonfinite: 1, total: 3 }],
    rev: 7,
  },
  [
    { of: { name: "x", series: 0 }, data: Float64Array.of(0, 20) },
    { of: { name: "last", series: 0 }, data: Float32Array.of(0.125, -0.125) },
    { of: { name: "count", series: 0 }, data: Uint32Array.of(1, 1) },
  ],
);

const bucketed = frame({ x: buckets, series: [{ run: "r1", metric: "loss", base: 100, scale: 2, n: 25, level: 4 }] }, [
  { of: { name: "last", series: 0 }, data: Float32Array.of(1, Number.NaN, 2, 3) },
  { of: { name: "min", series: 0 }, data: Float32Array.of(0, Number.NaN, 1, 3) },
  { of: { name: "max", series: 0 }, data: Float32Array.of(5, Number.NaN, 2, 3) },
  { of: { name: "count", series: 0 }, data: Uint32Array.of(10, 0, 10, 5) },
]);

describe("frames", () => {
  it("are read as they are written", () => {
    const found = decode(points);
    expect(found.rev).toBe(7);
    expect(found.series[0]).toMatchObject({ run: "r1", base: 0.375, scale: 1, nonfinite: 1, total: 3 });
  });

  it("come one after another, cut anywhere", async () => {
    const whole = new Uint8Array([...points, ...bucketed]);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < whole.length; at += 37) controller.enqueue(whole.slice(at, at + 37));
        controller.close();
      },
    });
    const found = [];
    for await (const each of frames(body)) found.push(each.x.form);
    expect(found).toEqual(["points", "buckets"]);
  });

  it("are no chart if they are something else, or cut", () => {
    expect(() => decode(new Uint8Array(16))).toThrow();
    expect(() => decode(points.slice(0, points.length - 8))).toThrow();
  });
});

describe("curves", () => {
  it("of points have numbers as logged", () => {
    const [found] = curves(decode(points), [bearer]);
    expect([...found!.x, ...found!.y]).toEqual([0, 20, 0.5, 0.25]);
    expect([found!.exact, found!.sorted, found!.n, found!.nonfinite]).toEqual([true, true, 2, 1]);
  });

  it("of buckets stand in their middle, with the band, and run on over empty ones", () => {
    const [found] = curves(decode(bucketed), [bearer]);
    expect([...found!.x]).toEqual([4.5, 24.5, 34.5]);
    expect([...found!.y]).toEqual([102, 104, 106]);
    expect([...found!.low!, ...found!.high!]).toEqual([100, 102, 106, 110, 104, 106]);
    expect([...(found!.count as Float64Array)]).toEqual([10, 10, 5]);
    expect([found!.exact, found!.width]).toEqual([false, 10]);
  });

  it("reach from the first step to the last one", () => {
    expect(reach(decode(bucketed), "step")).toEqual([0, 39]);
    expect(reach(decode(points), "step")).toEqual([0, 20]);
  });

  it("of groups count their runs", () => {
    const made = frame(
      {
        x: buckets,
        series: [
          { run: "a", metric: "m", n: 3 },
          { run: "b", metric: "m", n: 4, nonfinite: 1 },
        ],
        groups: [{ series: [0, 1], aggregate: "mean", band: "std", base: 1, scale: 1 }],
      },
      [
        { of: { name: "value", group: 0 }, data: Float32Array.of(0, 1, 2, 3) },
        { of: { name: "low", group: 0 }, data: Float32Array.of(-1, 0, 1, 2) },
        { of: { name: "high", group: 0 }, data: Float32Array.of(1, 2, 3, 4) },
        { of: { name: "count", group: 0 }, data: Uint32Array.of(2, 2, 2, 1) },
      ],
    );
    const [found] = groupCurves(decode(made), [{ run: null, label: "seed 0", ink }]);
    expect([found!.n, found!.nonfinite, [...found!.y], [...found!.high!]]).toEqual([7, 1, [1, 2, 3, 4], [2, 3, 4, 5]]);
  });

  it("of a group of one run are its own values, with nothing between them", () => {
    const made = frame(
      {
        x: buckets,
        series: [{ run: "a", metric: "m", n: 2, base: 0, scale: 1 }],
        groups: [{ series: [0], aggregate: "mean", band: "std", base: 1, scale: 1 }],
      },
      [
        { of: { name: "last", series: 0 }, data: Float32Array.of(5, Number.NaN, Number.NaN, 6) },
        { of: { name: "value", group: 0 }, data: Float32Array.of(5, 5, 5, 6) },
        { of: { name: "low", group: 0 }, data: Float32Array.of(5, 5, 5, 6) },
        { of: { name: "high", group: 0 }, data: Float32Array.of(5, 5, 5, 6) },
      ],
    );
    const [found] = groupCurves(decode(made), [{ run: null, label: "seed 0", ink }]);
    expect([[...found!.y], found!.low, found!.band]).toEqual([[5, 6], null, undefined]);
  });

  it("say what could not be read", () => {
    const made = frame(
      { x: buckets, series: [{ run: "a", metric: "m", error: "not_found", message: "There is none." }] },
      [],
    );
    const [found] = curves(decode(made), [bearer]);
    expect([found!.error, found!.x.length]).toEqual(["There is none.", 0]);
  });

  it("are broken where values are missing, and only then", () => {
    const parts = {
      x: Float64Array.of(0, 1, 2, 6, 7),
      y: Float64Array.of(1, 2, 3, 4, 5),
      low: null,
      high: null,
      count: null,
    };
    expect([...broken(parts, 3).y]).toEqual([1, 2, 3, Number.NaN, 4, 5]);
    expect(broken(parts, 0)).toBe(parts);
  });
});

describe("pointing", () => {
  const identity = (value: number) => value;

  it("means the point beside it, not one that stands for nothing", () => {
    const [found] = curves(decode(bucketed), [bearer]);
    const near = pointed([found!], identity, identity, 12, 12, 0);
    expect(near[0]!.index).toBe(0);
    const none = { ...found!, count: [0, 10, 5] };
    expect(pointed([none], identity, identity, 12, 12, 0)[0]!.index).toBe(1);
  });

  it("means nothing far beyond a line's end", () => {
    const [found] = curves(decode(bucketed), [bearer]);
    expect(pointed([found!], identity, identity, 90, 90, 0)).toEqual([]);
  });

  it("means the last one logged of those at one step", () => {
    const [found] = curves(decode(points), [bearer]);
    const repeated = { ...found!, x: Float64Array.of(7, 7, 7), y: Float64Array.of(1, 2, 3), count: [1, 1, 1] };
    expect(pointed([repeated], identity, identity, 7, 7, 0)[0]!.index).toBe(2);
  });
});
