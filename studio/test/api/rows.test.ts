import { describe, expect, it } from "vitest";
import { decodeRows, unpacked } from "../../src/api/rows";
import { csv, rowLines } from "../../src/charts/caption";
import type { MetricRows } from "../../src/charts/source";
import { sorted } from "../../src/charts/table";
import { bins } from "../../src/charts/upright";

const base64 = (bytes: ArrayLike<number>) => btoa(String.fromCharCode(...Array.from(bytes)));
const longs = (...values: bigint[]) => base64(new Uint8Array(BigInt64Array.from(values).buffer));
const doubles = (...values: number[]) => base64(new Uint8Array(Float64Array.from(values).buffer));

/** MessagePack by hand: ["a", null, true, -1, 300, 1.5, "é"]. */
const PACKED = [
  0x97, 0xa1, 0x61, 0xc0, 0xc3, 0xff, 0xcd, 0x01, 0x2c, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xd9, 0x02, 0xc3, 0xa9,
];

const page = (columns: unknown[], rows: number, steps: string) =>
  ({
    first: 5,
    total: 9,
    block: { metric: "m", kind: "table", rows, columns, times: longs(...Array(rows).fill(1_500_000n)), steps },
  }) as MetricRows;

describe("rows of a metric", () => {
  it("have numbers, booleans and what is missing", () => {
    const found = decodeRows(
      page(
        [
          { name: "f", type: "float", data: doubles(0.1, Number.NaN) },
          { name: "i", type: "int", data: longs(7n, 2n ** 60n) },
          { name: "b", type: "bool", data: base64([1, 0]), valid: base64([1, 0]) },
        ],
        2,
        longs(3n, -(2n ** 63n)),
      ),
    );
    expect(found.columns.map((each) => each.cells)).toEqual([
      [0.1, Number.NaN],
      [7, 2n ** 60n],
      [true, null],
    ]);
    expect([found.steps, found.times]).toEqual([
      [3, null],
      [1.5, 1.5],
    ]);
  });

  it("have texts and mixtures", () => {
    const found = decodeRows(page([{ name: "t", type: "mixed", data: base64(PACKED) }], 7, ""));
    expect(found.columns[0]!.cells).toEqual(["a", null, true, -1, 300, 1.5, "é"]);
    expect(found.steps).toEqual(Array(7).fill(null));
  });

  it("are sorted with what is missing last, either way", () => {
    const rows = decodeRows(page([{ name: "f", type: "float", data: doubles(2, Number.NaN, 1, 3) }], 4, ""));
    expect(sorted(rows, { column: "f", down: false })).toEqual([2, 0, 3, 1]);
    expect(sorted(rows, { column: "f", down: true })).toEqual([3, 0, 2, 1]);
  });

  it("are lines of CSV", () => {
    const rows = decodeRows(page([{ name: "f", type: "float", data: doubles(0.1) }], 1, ""));
    expect(rowLines(["r, one", "id1"], rows, ["f", "gone"])).toBe('"r, one",id1,5,1970-01-01T00:00:01.500Z,0.1,\r\n');
  });
});

describe("CSV", () => {
  it("quotes what needs it and defuses formulas", () => {
    expect(csv([["a,b", 'say "x"', "=1+1", -3, "two\nlines"]])).toBe('"a,b","say ""x""",\'=1+1,-3,"two\nlines"\r\n');
  });
});

describe("bins", () => {
  it("hold every finite value once, the largest too", () => {
    const found = bins([0, 1, 2, 3, 4, 10, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(found.reduce((sum, bin) => sum + bin.count, 0)).toBe(6);
    expect([found[0]!.from, found[found.length - 1]!.to]).toEqual([0, 10]);
  });

  it("are one for equal values and none for no value", () => {
    expect(bins([5, 5, 5]).map((bin) => bin.count)).toEqual([3]);
    expect(bins([Number.NaN])).toEqual([]);
  });
});

describe("an answer as MessagePack", () => {
  it("has maps within maps, and NaN, which JSON has not", () => {
    const nan = [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0];
    const inner = [0xde, 0, 1, 0xa1, 0x6c, ...nan]; // {l: NaN} with its size in two bytes
    expect(unpacked(Uint8Array.of(0x82, 0xa1, 0x61, ...inner, 0xa1, 0x62, 0x91, 0x80))).toEqual({
      a: { l: Number.NaN },
      b: [{}],
    });
  });
});
