import { beforeEach, expect, test } from "vitest";
import { language } from "../../src/base/language";
import { aligned, count, duration, moment, number, size } from "../../src/base/number";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

beforeEach(() => {
  language.value = "en";
});

test.each([
  [0, "0"],
  [0.21341234, "0.2134"],
  [12_345, "12,345"],
  [12_345.678, "12,346"],
  [1234.56, "1,235"],
  [1e-7, "1e-7"],
  [3e-4, "3e-4"],
  [0.00512345, "0.005123"],
  [-0.000012345, "-1.234e-5"],
  [3e12, "3e12"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "∞"],
])("%d is shown as %s", (value, text) => {
  expect(number(value)).toBe(text);
});

test("a column keeps four digits, so that points stand below each other", () => {
  expect([0.2, 0.21, 0.2134].map(aligned)).toEqual(["0.2000", "0.2100", "0.2134"]);
  expect(aligned(128)).toBe("128");
});

test("French has its comma, its spaces and its octets", () => {
  language.value = "fr";
  expect(number(0.2134)).toBe("0,2134");
  expect(plain(number(12_345))).toBe("12 345");
  expect(number(1.5e-7)).toBe("1,5e-7");
  expect(plain(size(38_000))).toBe("38 ko");
  expect(plain(duration(3 * 86_400 + 4 * 3600))).toBe("3 j 4 h");
});

test.each([
  [0.042, "42 ms"],
  [3.94, "3.9 s"],
  [42, "42 s"],
  [59.6, "1 min 00 s"],
  [190, "3 min 10 s"],
  [7500, "2 h 05 min"],
  [-3, "0 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(plain(duration(seconds))).toBe(text);
});

test("sizes and counts", () => {
  expect(plain(size(999))).toBe("999 B");
  expect(plain(size(999_600))).toBe("1 MB");
  expect(plain(size(1_234_567))).toBe("1.2 MB");
  expect(count(1204)).toBe("1,204");
  expect(count(7_200_000)).toBe("7.2M");
});

test("a time is told as shortly as it can be, also where the same one is told on another day", () => {
  const at = (text: string) => new Date(text).getTime() / 1000;
  const then = at("2026-03-04T15:02:10");
  const told = (now: string) => plain(moment(then, at(now)));
  expect(told("2026-03-04T23:00:00")).toBe("15:02");
  expect(told("2026-03-05T00:10:00")).toBe("4 Mar, 15:02");
  expect(told("2027-01-01T00:00:00")).toBe("4 Mar 2026");
  expect(told("2026-03-04T23:00:00")).toBe("15:02");
  expect(plain(moment(then + 49, at("2026-03-05T00:10:00")))).toBe("4 Mar, 15:02");
  expect(plain(moment(then + 50, at("2026-03-05T00:10:00")))).toBe("4 Mar, 15:03");
  language.value = "fr";
  expect(told("2026-03-05T00:10:00")).toBe("4 mars, 15:02");
});
