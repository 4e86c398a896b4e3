import { expect, it } from "vitest";
import { asks, type Wish } from "../../src/charts/asking";

const wish = (runs: number, rest: Partial<Wish> = {}): Wish => ({
  series: Array.from({ length: runs }, (_, run) => ({ run: `r${run}`, ref: { metric: "loss", column: "value" } })),
  x: { kind: "step" },
  range: null,
  smoothing: null,
  groups: [],
  width: 1_130,
  ...rest,
});

it("asks for a bucket for each pixel, in steps of some width", () => {
  expect(asks(wish(1)).raw.buckets).toBe(1_200);
  expect(asks(wish(20)).raw.buckets).toBe(1_200);
  expect(asks(wish(1, { width: 0 })).raw.buckets).toBe(200);
});

it("asks for one for two pixels of a crowd, and for wider ones of very many, down to a width that still shows their course", () => {
  expect(asks(wish(21)).raw.buckets).toBe(600);
  expect(asks(wish(50, { width: 1_400 })).raw.buckets).toBe(600);
  expect(asks(wish(1_000)).raw.buckets).toBe(200);
  expect(asks(wish(25, { groups: [{ series: [0, 1], aggregate: "mean", band: "std" }] })).raw.buckets).toBe(1_200); // few are drawn
});

it("asks for a little on either side of a range, in buckets of the same width", () => {
  const { raw } = asks(wish(1, { range: [100, 200] }));
  expect(raw.x).toEqual({ kind: "step", start: 87.5, end: 212.5 });
  expect(raw.buckets).toBe(1_500);
});

it("asks for the line and the band of groups that were chosen", () => {
  const { raw } = asks(wish(2, { groups: [{ series: [0, 1], aggregate: "median", band: "quartiles" }] }));
  expect(raw.groups).toEqual([{ series: [0, 1], aggregate: "median", band: "quartiles" }]);
});
