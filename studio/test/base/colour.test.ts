import { expect, test } from "vitest";
import { choose, DASHES, hash, type Ink, inks, PALETTE } from "../../src/base/colour";

const ids = Array.from({ length: 40 }, (_, index) => `run-${index}`);
/** As a studio that was just opened deals. */
const fresh = (of: readonly string[]) => inks(of, new Map());
const looks = (of: Map<string, Ink>) => [...of].map(([id, ink]) => `${id} ${ink.colour} ${ink.dash}`).sort();

test("a run that nobody met has the colour of its id, everywhere and always", () => {
  expect(fresh(["brave-fox"]).get("brave-fox")?.colour).toBe(PALETTE[hash("brave-fox") % PALETTE.length]);
});

test("no two runs look alike while there are colours and dashes left", () => {
  const dealt = [...fresh(ids).values()].map((ink) => `${ink.colour} ${ink.dash}`);
  expect(new Set(dealt).size).toBe(ids.length);
  expect(new Set([...fresh(ids.slice(0, PALETTE.length)).values()].map((ink) => ink.colour)).size).toBe(PALETTE.length);
  expect(ids.length).toBeLessThanOrEqual(PALETTE.length * DASHES.length);
});

test("more runs than there are inks are drawn too", () => {
  const many = Array.from({ length: 100 }, (_, index) => `many-${index}`);
  expect(fresh(many).size).toBe(100);
});

test("the order of the runs does not count", () => {
  expect(looks(fresh([...ids].reverse()))).toEqual(looks(fresh(ids)));
});

test("a run keeps its colour whoever comes, goes, or stands beside it elsewhere", () => {
  const known = new Map<string, number>();
  const before = inks(ids.slice(5, 15), known);
  const more = inks(ids, known);
  for (const [id, ink] of before) {
    expect(more.get(id)).toEqual(ink);
    expect(inks([id], known).get(id)).toEqual(ink);
  }
});

test("runs that were dealt the same ink on two pages differ on a third, and have their own again afterwards", () => {
  const known = new Map<string, number>();
  const own = hash("a") % PALETTE.length;
  const twin = Array.from({ length: 100 }, (_, index) => `b${index}`).find((id) => hash(id) % PALETTE.length === own)!;
  const alone = ["a", twin].map((id) => inks([id], known).get(id));
  expect(alone[0]).toEqual(alone[1]);
  const together = inks(["a", twin], known);
  expect(together.get("a")).toEqual(alone[0]);
  expect(together.get(twin)).not.toEqual(alone[1]);
  expect(inks([twin], known).get(twin)).toEqual(alone[1]);
});

test("a chosen hue is kept, others make room for it, and a run gets its own back", () => {
  const own = fresh(["a"]).get("a");
  const other = Array.from({ length: 100 }, (_, index) => `b${index}`).find(
    (id) => hash(id) % PALETTE.length !== hash("a") % PALETTE.length,
  )!;
  const hue = hash(other) % PALETTE.length;
  choose("a", hue);
  expect(JSON.parse(localStorage.getItem("runwatch.hues")!)).toEqual([["a", hue]]);
  const dealt = fresh(["a", other]);
  expect(dealt.get("a")).toEqual({ colour: PALETTE[hue], dash: [] });
  expect(dealt.get(other)!.colour).not.toBe(PALETTE[hue]);
  // Two that were given the same are told apart by their dashes.
  choose(other, hue);
  const both = fresh(["a", other]);
  expect([...both.values()].map((ink) => ink.colour)).toEqual([PALETTE[hue], PALETTE[hue]]);
  expect(new Set([...both.values()].map((ink) => String(ink.dash))).size).toBe(2);
  choose("a", null);
  choose(other, null);
  expect(fresh(["a"]).get("a")).toEqual(own);
});
