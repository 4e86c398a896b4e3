/** Numbers, sizes, times and durations as people read them; exact ones for tooltips and copies. */
import { type Language, language } from "./language";

/**
 * How a language writes numbers and dates. A browser knows it too, but whoever asks it first waits for what it knows of all
 * languages: 25 to 60 ms of a page's thread before its first line. So it is never asked.
 */
const WRITING: Record<Language, { group: string; point: string; thousands: readonly string[]; months: string }> = {
  en: {
    group: ",",
    point: ".",
    thousands: ["", "K", "M", "B", "T"],
    months: "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
  },
  fr: {
    group: "\u202f",
    point: ",",
    thousands: ["", "\u00a0k", "\u00a0M", "\u00a0Md", "\u00a0Bn"],
    months: "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
  },
};

/** Digits as a program writes them, with the signs that a language puts between them. */
function written(digits: string): string {
  const { group, point } = WRITING[language.value];
  const [whole = "", part] = digits.split(".");
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  return part === undefined ? grouped : grouped + point + part;
}

/** With at most so many decimals: zeros that say nothing are left out. */
function rounded(value: number, decimals: number): string {
  return written(String(Number(value.toFixed(decimals))));
}

/** Four significant digits; very large and very small numbers with an exponent; NaN and infinities by name. */
export function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return exponent(value, 4);
  if (Number.isInteger(value) || size >= 1000) return rounded(value, 0);
  return written(String(Number(value.toPrecision(4))));
}

/** Likewise with all four digits, so that the numbers of a column line up. */
export function aligned(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || Number.isInteger(value) || size >= 1000 || size < 1e-3) return number(value);
  return written(value.toPrecision(4));
}

function exponent(value: number, digits: number): string {
  const [mantissa = "", power = ""] = value.toExponential(digits - 1).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return `${written(short)}e${power.replace("+", "")}`;
}

/** Seven significant digits: as exact as charts are sent. */
export function precise(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return number(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return exponent(value, 7);
  return written(String(Number(value.toPrecision(Math.max(7, Math.ceil(Math.log10(size + 1)))))));
}

/** Every digit that the number has, with a point, as programs take it. */
export function exact(value: number): string {
  return String(value);
}

/** A count: 1,204 or 1.2 M. */
export function count(value: number): string {
  return value < 100_000 ? rounded(value, 0) : compact(value, 1);
}

const UNITS: Record<Language, readonly string[]> = {
  en: ["B", "kB", "MB", "GB", "TB", "PB"],
  fr: ["o", "ko", "Mo", "Go", "To", "Po"],
};

/** With so many decimals, as the marks of one axis need: 0.50. */
export function fixed(value: number, decimals: number): string {
  return written(value.toFixed(Math.min(20, decimals)));
}

/** In thousands, millions …, with at most so many decimals: 2.4K, 2,4 k. */
export function compact(value: number, decimals: number): string {
  const { thousands } = WRITING[language.value];
  if (Math.abs(value) >= 1e15) return exponent(value, 4);
  let power = 0;
  let text = "";
  do {
    text = (value / 1000 ** power).toFixed(Math.min(20, decimals));
    power += 1;
  } while (Math.abs(Number(text)) >= 1000 && power < thousands.length);
  return written(String(Number(text))) + thousands[power - 1];
}

/** A size in bytes, in thousands: 38 kB. */
export function size(bytes: number): string {
  let power = 0;
  let value = bytes;
  while (value >= 999.5 && power < 5) {
    value /= 1000;
    power += 1;
  }
  const digits = power === 0 || value >= 99.5 ? 0 : 1;
  return `${rounded(value, digits)}\u00a0${UNITS[language.value][power]}`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** A duration of so many seconds: 42 s, 3 min 10 s, 2 h 05 min, 3 d 4 h. */
export function duration(seconds: number): string {
  const day = language.value === "fr" ? "j" : "d";
  if (seconds < 0) return duration(0);
  if (seconds < 1 && seconds > 0) return `${Math.max(1, Math.round(seconds * 1000))}\u00a0ms`;
  if (seconds < 10) return `${rounded(seconds, 1)}\u00a0s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min\u00a0${two(whole % 60)}\u00a0s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}\u00a0h\u00a0${two(Math.floor((whole % 3600) / 60))}\u00a0min`;
  return `${Math.floor(whole / 86_400)}\u00a0${day}\u00a0${Math.floor((whole % 86_400) / 3600)}\u00a0h`;
}

/** A time of seconds since 1970, short: the hour today, the day this year, the date before. */
export function moment(at: number, now: number = Date.now() / 1000): string {
  const then = new Date(at * 1000);
  const today = new Date(now * 1000);
  const sameYear = then.getFullYear() === today.getFullYear();
  const sameDay = sameYear && then.getMonth() === today.getMonth() && then.getDate() === today.getDate();
  const hour = clock(at).slice(0, 5);
  if (sameDay) return hour;
  return sameYear ? `${day(then)}, ${hour}` : `${day(then)} ${then.getFullYear()}`;
}

function day(of: Date): string {
  return `${of.getDate()} ${WRITING[language.value].months.split(" ")[of.getMonth()]}`;
}

/** A time with everything, and where on earth it is told: for titles. */
export function instant(at: number): string {
  const then = new Date(at * 1000);
  const ahead = -then.getTimezoneOffset();
  const minutes = Math.abs(ahead);
  const zone = `UTC${ahead < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${day(then)} ${then.getFullYear()}, ${clock(at)} ${zone}`;
}

/** A time of the day to the second. */
export function clock(at: number): string {
  const then = new Date(at * 1000);
  return `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`;
}
