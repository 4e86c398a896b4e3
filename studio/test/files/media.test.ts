import { expect, test } from "vitest";
import type { Rows } from "../../src/api/rows";
import { stopName } from "../../src/files/media/player";
import { stripOf } from "../../src/files/media/shot";
import { indexOf, shotAt, stopsOf, stopText } from "../../src/files/media/step";

function rows(paths: (string | null)[], steps: (number | null)[], first = 0): Rows {
  return {
    first,
    total: first + paths.length,
    count: paths.length,
    columns: [{ name: "file", cells: paths }],
    times: paths.map((_, index) => index),
    steps,
  };
}

const none = (count: number) => new Array<null>(count).fill(null);

test("images without steps are counted, over pages", () => {
  const strip = stripOf("x", [rows(["a.png", "b.png"], none(2)), rows(["c.png"], none(1), 2)]);
  expect(strip.hasSteps).toBe(false);
  expect(strip.shots.map((shot) => [shot.path, shot.step])).toEqual([
    ["a.png", 0],
    ["b.png", 1],
    ["c.png", 2],
  ]);
});

test("what has no step is named by its number from 1, as the count beside it", () => {
  expect(stopName({ step: 11, nth: 0 }, false)).toBe("image 12");
  expect(stopName({ step: 11, nth: 1 }, true)).toBe("step 11.1");
});

test("steps out of order are put in order, and repeated ones all stay", () => {
  const strip = stripOf("x", [rows(["a", "b", "c", "d"], [20, 10, 20, -5])]);
  expect(strip.shots.map((shot) => [shot.path, shot.step, shot.nth])).toEqual([
    ["d", -5, 0],
    ["b", 10, 0],
    ["a", 20, 0],
    ["c", 20, 1],
  ]);
  expect(stopsOf([strip]).map(stopText)).toEqual(["-5", "10", "20", "20.1"]);
});

test("a row that names no file is none", () => {
  expect(stripOf("x", [rows([null, "b"], [1, 2])]).shots.map((shot) => shot.path)).toEqual(["b"]);
  expect(stripOf("x", [rows([], [])]).shots).toEqual([]);
});

test("metrics with other steps share one slider: each shows its last image so far", () => {
  const often = stripOf("often", [rows(["o0", "o1", "o2", "o3"], [0, 1, 2, 3])]);
  const rare = stripOf("rare", [rows(["r1", "r1b", "r3"], [1, 1, 3])]);
  const stops = stopsOf([often, rare]);
  expect(stops.map(stopText)).toEqual(["0", "1", "1.1", "2", "3"]);
  expect(stops.map((stop) => shotAt(often, stop)?.path)).toEqual(["o0", "o1", "o1", "o2", "o3"]);
  expect(stops.map((stop) => shotAt(rare, stop)?.path)).toEqual([undefined, "r1", "r1b", "r1b", "r3"]);
});

test("an address names a stop; what is not there leads to the one before, nothing to the last", () => {
  const stops = stopsOf([stripOf("x", [rows(["a", "b", "c"], [10, 20, 20])])]);
  expect(indexOf(stops, "20")).toBe(1);
  expect(indexOf(stops, "20.1")).toBe(2);
  expect(indexOf(stops, "15")).toBe(0);
  expect(indexOf(stops, "3")).toBe(0);
  expect(indexOf(stops, "99")).toBe(2);
  expect(indexOf(stops, null)).toBe(2);
  expect(indexOf(stops, "<b>")).toBe(2);
  expect(indexOf([], null)).toBe(-1);
});
