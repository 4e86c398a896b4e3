import { expect, test } from "vitest";
import { DASHES, hash, inks, PALETTE } from "../../src/base/colour";

const ids = Array.from({ length: 40 }, (_, index) => `run-${index}`);

test("a run alone has the colour of its id, everywhere and always", () => {
  expect(inks(["brave-fox"]).get("brave-fox")?.colour).toBe(PALETTE[hash("brave-fox") % PALETTE.length]);
});

test("no two runs look alike while there are colours and dashes left", () => {
  const dealt = [...inks(ids).values()].map((ink) => `${ink.colour} ${ink.dash}`);
  expect(new Set(dealt).size).toBe(ids.length);
  expect(new Set([...inks(ids.slice(0, PALETTE.length)).values()].map((ink) => ink.colour)).size).toBe(PALETTE.length);
  expect(ids.length).toBeLessThanOrEqual(PALETTE.length * DASHES.length);
});

test("a run that comes later changes no colour of those before it", () => {
  const before = inks(ids.slice(0, 10));
  const after = inks(ids.slice(0, 11));
  for (const [id, ink] of before) expect(after.get(id)).toEqual(ink);
});

test("a chosen colour is kept", () => {
  expect(inks(["a", "b"], { b: "#123456" }).get("b")).toEqual({ colour: "#123456", dash: [] });
});
