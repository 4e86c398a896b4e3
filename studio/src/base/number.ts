/** Numbers, sizes, times and durations as people read them; exact ones for tooltips and copies. */
import { type Language, language } from "./language";
import { memo } from "./memo";

const formats = new Map<string, Intl.NumberFormat>();

function format(
  key: string,
  options: Intl.NumberFormatOptions,
  speaking: Language = language.value,
): Intl.NumberFormat {
  return memo(formats, `${speaking} ${key}`, () => new Intl.NumberFormat(speaking, options));
}

/** Four significant digits; very large and very small numbers with an exponent; NaN and infinities by name. */
export function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return exponent(value, 4);
  if (Number.isInteger(value)) return format("whole", { maximumFractionDigits: 0 }).format(value);
  if (size >= 1000) return format("whole", { maximumFractionDigits: 0 }).format(value);
  return format("four", { maximumSignificantDigits: 4 }).format(value);
}

/** Likewise with all four digits, so that the numbers of a column line up. */
export function aligned(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || Number.isInteger(value) || size >= 1000 || size < 1e-3) return number(value);
  return format("column", { minimumSignificantDigits: 4, maximumSignificantDigits: 4 }).format(value);
}

function exponent(value: number, digits: number): string {
  const [mantissa = "", power = ""] = value.toExponential(digits - 1).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const point = format("point", { minimumFractionDigits: 1 }).format(1.1).charAt(1);
  return `${short.replace(".", point)}e${power.replace("+", "")}`;
}

/** Seven significant digits: as exact as charts are sent. */
export function precise(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return number(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return exponent(value, 7);
  return format("seven", { maximumSignificantDigits: Math.max(7, Math.ceil(Math.log10(size + 1))) }).format(value);
}

/** Every digit that the number has, with a point, as programs take it. */
export function exact(value: number): string {
  return String(value);
}

/** A count: 1,204 or 1.2 M. */
export function count(value: number): string {
  if (value < 100_000) return format("whole", { maximumFractionDigits: 0 }).format(value);
  return format("compact", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

const UNITS: Record<Language, readonly string[]> = {
  en: ["B", "kB", "MB", "GB", "TB", "PB"],
  fr: ["o", "ko", "Mo", "Go", "To", "Po"],
};

/** With so many decimals, as the marks of one axis need: 0.50. */
export function fixed(value: number, decimals: number): string {
  const digits = Math.min(20, decimals);
  return format(`fixed${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** In thousands, millions …, with at most so many decimals: 2.4K, 2,4 k. */
export function compact(value: number, decimals: number): string {
  return format(`compact${decimals}`, { notation: "compact", maximumFractionDigits: Math.min(20, decimals) }).format(
    value,
  );
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
  return `${format(`size${digits}`, { maximumFractionDigits: digits }).format(value)}\u00a0${UNITS[language.value][power]}`;
}

/** A duration of so many seconds: 42 s, 3 min 10 s, 2 h 05 min, 3 d 4 h. */
export function duration(seconds: number): string {
  const day = language.value === "fr" ? "j" : "d";
  if (seconds < 0) return duration(0);
  if (seconds < 1 && seconds > 0) return `${Math.max(1, Math.round(seconds * 1000))}\u00a0ms`;
  if (seconds < 10) return `${format("short", { maximumFractionDigits: 1 }).format(seconds)}\u00a0s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min\u00a0${two(whole % 60)}\u00a0s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}\u00a0h\u00a0${two(Math.floor((whole % 3600) / 60))}\u00a0min`;
  return `${Math.floor(whole / 86_400)}\u00a0${day}\u00a0${Math.floor((whole % 86_400) / 3600)}\u00a0h`;
}

const dates = new Map<string, Intl.DateTimeFormat>();

function date(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const speaking = language.value === "en" ? "en-GB" : language.value;
  return memo(dates, `${speaking} ${key}`, () => new Intl.DateTimeFormat(speaking, options));
}

const HOUR = { hour: "2-digit", minute: "2-digit" } as const;
const FORMS = {
  hour: HOUR,
  day: { day: "numeric", month: "short", ...HOUR },
  date: { day: "numeric", month: "short", year: "numeric" },
} as const;

/** What was said of a minute: lists say the same again and again, and to say it takes as long as to draw three cells. */
const moments = new Map<string, string>();
const MOMENTS = 4_096;

/** A time of seconds since 1970, short: the hour today, the day this year, the date before. */
export function moment(at: number, now: number = Date.now() / 1000): string {
  const then = new Date(at * 1000);
  const today = new Date(now * 1000);
  const sameYear = then.getFullYear() === today.getFullYear();
  const sameDay = sameYear && then.getMonth() === today.getMonth() && then.getDate() === today.getDate();
  const kind = sameDay ? "hour" : sameYear ? "day" : "date";
  if (moments.size >= MOMENTS) moments.clear();
  return memo(moments, `${language.value} ${kind} ${Math.floor(at / 60)}`, () => date(kind, FORMS[kind]).format(then));
}

/** A time with everything: for titles. */
export function instant(at: number): string {
  return date("full", { dateStyle: "full", timeStyle: "medium" }).format(new Date(at * 1000));
}

/** A time of the day to the second. */
export function clock(at: number): string {
  return date("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at * 1000));
}

/** How long ago, in words: "3 minutes ago". */
export function ago(at: number, now: number = Date.now() / 1000): string {
  const words = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  const seconds = at - now;
  const size = Math.abs(seconds);
  if (size < 60) return words.format(Math.round(seconds), "second");
  if (size < 3600) return words.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return words.format(Math.round(seconds / 3600), "hour");
  return words.format(Math.round(seconds / 86_400), "day");
}
