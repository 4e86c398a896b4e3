import { beforeEach, describe, expect, test, vi } from "vitest";
import { language, plural } from "../../src/base/language";
import {
  aligned,
  clock,
  compact,
  count,
  duration,
  fixed,
  instant,
  moment,
  number,
  precise,
  size,
} from "../../src/base/number";

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

describe.each(["en", "fr"] as const)("what is written by hand is written as a browser would, in %s:", (speaking) => {
  beforeEach(() => {
    language.value = speaking;
  });

  /** Of every size and sign, and halves of the last digit that is shown. */
  const values = Array.from({ length: 3_000 }, (_, at) => {
    const size = Math.sin(at) * 10 ** ((at % 22) - 8);
    return at % 5 ? size : Math.round(size * 1000) / 1000;
  });
  const browser = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(speaking, options);
    return (value: number) => format.format(value);
  };

  test("numbers", () => {
    const [four, column] = [browser({ maximumSignificantDigits: 4 }), browser({ minimumSignificantDigits: 4 })];
    const whole = browser({ maximumFractionDigits: 0 });
    const seven = browser({ maximumSignificantDigits: 15 });
    for (const value of values) {
      const size = Math.abs(value);
      if (size < 1e-3 || size >= 1e9) continue;
      // Rounded here, exactly: a browser rounds the decimal that it would print, of which 1.0005 is another one.
      const digits = Number(value.toPrecision(4));
      expect(number(value)).toBe(size >= 1000 ? whole(Number(value.toFixed(0))) : four(digits));
      if (size < 1000) expect(aligned(value)).toBe(Number.isInteger(value) ? whole(value) : column(digits));
      expect(precise(value)).toBe(seven(Number(value.toPrecision(Math.max(7, Math.ceil(Math.log10(size + 1)))))));
    }
    expect(number(-0)).toBe("0");
  });

  test("decimals, thousands and millions", () => {
    for (const decimals of [0, 1, 3]) {
      const fraction = browser({ minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      const short = browser({ notation: "compact", maximumFractionDigits: decimals });
      for (const value of values) {
        expect(fixed(value, decimals)).toBe(fraction(Number(value.toFixed(decimals))));
        if (Math.abs(value) < 1e15 && !near(value, decimals)) expect(compact(value, decimals)).toBe(short(value));
      }
      for (const value of [0, 999, 1_000, 999_950, 999_940, 999_999_999, 1e12, 2.5e9, -1_500_000])
        if (!near(value, decimals)) expect(compact(value, decimals)).toBe(short(value));
    }
  });

  /** Half-way between two: which of them is meant hangs on how exactly one looks. */
  function near(value: number, decimals: number): boolean {
    const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.abs(value)) / 3)));
    const scaled = (Math.abs(value) / 1000 ** power) * 10 ** decimals;
    return Math.abs(scaled - Math.floor(scaled) - 0.5) < 1e-6 || Math.abs(value) < 0.5 / 10 ** decimals;
  }

  test("months and hours", () => {
    const day = new Intl.DateTimeFormat(speaking === "en" ? "en-GB" : speaking, {
      day: "numeric",
      month: "short",
      year: "numeric",
    });
    for (let month = 0; month < 12; month += 1) {
      const then = new Date(2021, month, 9, 7, 5, 3);
      expect(moment(then.getTime() / 1000)).toBe(day.format(then));
      expect(clock(then.getTime() / 1000)).toBe("07:05:03");
      expect(instant(then.getTime() / 1000)).toMatch(/^9 \S+ 2021, 07:05:03 UTC[+−]\d\d:\d\d$/);
    }
  });
});

test("what no unit stands for has an exponent", () => {
  expect(compact(1.5e18, 1)).toBe("1.5e18");
});

test("a time in a title says how far it is from Greenwich", () => {
  const zone = vi.spyOn(Date.prototype, "getTimezoneOffset");
  for (const [offset, told] of [
    [0, "UTC+00:00"],
    [-345, "UTC+05:45"],
    [210, "UTC−03:30"],
  ] as const) {
    zone.mockReturnValue(offset);
    expect(instant(0)).toContain(told);
  }
  zone.mockRestore();
});

test.each([
  ["en", 0, "others"],
  ["en", 1, "one"],
  ["en", 1.5, "others"],
  ["fr", 0, "one"],
  ["fr", 1.5, "one"],
  ["fr", 2, "others"],
] as const)("in %s %d is said as of %s", (speaking, many, told) => {
  language.value = speaking;
  expect(plural(many, "one", "others")).toBe(told);
  expect(new Intl.PluralRules(speaking).select(many)).toBe(told === "one" ? "one" : "other");
});
