/** What is told of an order that changed: numbers only where they are true. */
import { describe, expect, it } from "vitest";
import { added } from "../../src/table/news";

const of = (text: string, total?: number) => {
  const ids = text ? text.split(" ") : [];
  return { ids, total: total ?? ids.length };
};

describe("what came to an order", () => {
  it.each([
    ["nothing", "a b c", "a b c", 0],
    ["two on top", "a b c", "x y a b c", 2],
    ["one in between", "a b c", "a x b c", 1],
    ["one that left", "a b c", "a c", null],
    ["one that left from the end", "a b c", "a b", null],
    ["one that left and one that came", "a b c", "x a b", null],
    ["another order", "a b c", "a c b", null],
    ["other runs altogether", "a b", "x y", null],
    ["all that there was", "a b", "", null],
  ])("%s", (_, shown, now, expected) => {
    expect(added(of(shown), of(now))).toBe(expected);
  });

  it("sees of a long one its beginning, and takes the totals for the rest", () => {
    const shown = of("a b c", 500);
    expect(added(shown, of("x a b", 501))).toBe(1);
    expect(added(shown, of("x y z", 512))).toBe(12);
    expect(added(shown, of("x y z", 500))).toBe(null); // as many left, or another order
    expect(added(shown, of("a b c", 501))).toBe(null); // one came below, or two came and one left
    expect(added(shown, of("a b c", 499))).toBe(null);
    expect(added(shown, of("x a b", 500))).toBe(null);
  });
});
