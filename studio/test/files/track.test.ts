import { describe, expect, it } from "vitest";
import { bodyHeight, drawn, isExact, lastPlace, MOST_HEIGHT, placeOf, reveal, scrollOf } from "../../src/files/track";

const few = { rows: 1000, rowHeight: 18, seen: 600 };
const many = { rows: 10_000_000, rowHeight: 18, seen: 600 };

describe("a track", () => {
  it("is scrolled pixel by pixel while a browser can", () => {
    expect(isExact(few)).toBe(true);
    expect(bodyHeight(few)).toBe(18_000);
    for (const top of [0, 1, 17, 18, 9_999, 17_400]) {
      expect(placeOf(few, top)).toBeCloseTo(top / 18, 9);
      expect(scrollOf(few, placeOf(few, top))).toBe(top);
    }
  });

  it("fits any number of rows into a body that no browser cuts", () => {
    expect(bodyHeight(many)).toBe(MOST_HEIGHT);
    expect(placeOf(many, MOST_HEIGHT - 600)).toBe(lastPlace(many));
    expect(drawn(many, lastPlace(many))[1]).toBe(10_000_000);
    expect(drawn(many, 0)).toEqual([0, 35]);
    // Where one is, is known more exactly than the scroll bar can show.
    const at = 1_234_567.25;
    expect(Math.abs(placeOf(many, scrollOf(many, at)) - at)).toBeLessThan(2);
  });

  it("has no end to scroll to where all is seen", () => {
    const short = { rows: 3, rowHeight: 18, seen: 600 };
    expect(lastPlace(short)).toBe(0);
    expect(scrollOf(short, 2)).toBe(0);
    expect(placeOf(short, 100)).toBe(0);
    expect(drawn(short, 0)).toEqual([0, 3]);
    expect(drawn({ rows: 0, rowHeight: 18, seen: 0 }, 0)).toEqual([0, 0]);
  });

  it("moves as little as it takes to show a row", () => {
    expect(reveal(few, 100, 110)).toBe(100);
    expect(reveal(few, 100, 50)).toBe(50);
    expect(reveal(few, 100, 200)).toBeCloseTo(201 - 600 / 18);
    expect(reveal(few, 0, 999)).toBe(lastPlace(few));
  });
});
