/** Rows on the screen: every one can be reached, and each line is one row. */
import { describe, expect, it } from "vitest";
import { Folds, MAX_HEIGHT, reveal, scrolledBy, span } from "../../src/table/span";

describe("a span", () => {
  it("draws what is seen and a little beside it", () => {
    expect(span(1000, 32, 320, 3200)).toEqual({ height: 32_000, first: 96, last: 114, top: 96 * 32 });
    expect(span(3, 32, 320, 0)).toEqual({ height: 96, first: 0, last: 3, top: 0 });
    expect(span(0, 32, 320, 0)).toEqual({ height: 0, first: 0, last: 0, top: 0 });
  });

  it("reaches the first and the last row of a million", () => {
    const rows = 1_000_000;
    expect(span(rows, 32, 600, 0).first).toBe(0);
    const end = span(rows, 32, 600, MAX_HEIGHT - 600);
    expect(end.height).toBe(MAX_HEIGHT);
    expect(end.last).toBe(rows);
    // the last row ends where the body ends
    expect(end.top + (end.last - end.first) * 32).toBeCloseTo(MAX_HEIGHT, 0);
  });

  it("moves by rows' pixels where the body is stretched", () => {
    const rows = 1_000_000;
    const before = span(rows, 32, 600, 4_000_000);
    const after = span(rows, 32, 600, scrolledBy(rows, 32, 600, 4_000_000, 320));
    expect(after.first - before.first).toBe(10);
  });

  it("scrolls no further than a row needs", () => {
    expect(reveal(1000, 32, 320, 3200, 105)).toBe(3200);
    expect(reveal(1000, 32, 320, 3200, 99)).toBe(99 * 32);
    expect(reveal(1000, 32, 320, 3200, 110)).toBe(111 * 32 - 320);
    const far = reveal(1_000_000, 32, 600, 0, 777_777);
    const seen = span(1_000_000, 32, 600, far);
    expect(seen.first).toBeLessThanOrEqual(777_777);
    expect(seen.last).toBeGreaterThan(777_777);
  });
});

describe("folds", () => {
  it("gives every line its row", () => {
    const folds = new Folds([
      [1, 2],
      [2, 0],
      [4, 3],
    ]);
    const lines = Array.from({ length: 6 + folds.extra }, (_, line) => folds.at(line));
    expect(lines.map(({ head, below }) => (below < 0 ? `${head}` : `${head}.${below}`))).toEqual([
      "0",
      "1",
      "1.0",
      "1.1",
      "2",
      "3",
      "4",
      "4.0",
      "4.1",
      "4.2",
      "5",
    ]);
    expect([0, 1, 2, 3, 4, 5].map((head) => folds.line(head))).toEqual([0, 1, 4, 5, 6, 10]);
  });
});
