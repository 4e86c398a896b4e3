/** Round marks for axes, and how they are written: numbers, powers of ten, clock times and durations. */
import { clock, compact, fixed, moment, number } from "../base/number";
import type { Scale } from "./scale";
import type { Range, XKind } from "./settings";

/** The smallest 1, 2 or 5 (of values 2.5 too) times a power of ten that is no smaller. */
export function niceStep(least: number, steps: readonly number[] = [1, 2, 5, 10]): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const found = steps.find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return found * power;
}

const QUARTERS = [1, 2, 2.5, 5, 10];

const CLOCK: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  1_209_600,
];

/** Likewise of seconds, as clocks and calendars are divided. */
export function clockStep(least: number): number {
  if (least < 1) return niceStep(least);
  return CLOCK.find((each) => each >= least * (1 - 1e-9)) ?? niceStep(least / 86_400) * 86_400;
}

/** Multiples of a step within a range. */
function multiples([from, to]: Range, step: number, offset = 0): number[] {
  const found: number[] = [];
  const slack = step * 1e-9;
  for (let index = Math.ceil((from - offset - slack) / step); found.length < 200; index += 1) {
    const value = offset + index * step;
    if (value > to + slack || !Number.isFinite(value)) break;
    found.push(Math.abs(value) < slack ? 0 : Number(value.toPrecision(14)));
  }
  return found;
}

function decades(range: Range, most: number): number[] {
  const [low, high] = [Math.log10(range[0]), Math.log10(range[1])];
  if (high - low < 0.9)
    return multiples(range, niceStep((range[1] - range[0]) / most, QUARTERS)).filter((each) => each > 0);
  const every = Math.max(1, Math.ceil((high - low) / most));
  const powers = multiples([Math.floor(low), high], every).map((power) => 10 ** Math.round(power));
  // Where there is room, what lies between the powers is marked too.
  const between = (high - low) * 3 <= most ? [1, 2, 5] : (high - low) * 2 <= most ? [1, 3] : [1];
  const all = powers.flatMap((power) => between.map((each) => Number((each * power).toPrecision(12))));
  return all.filter((each) => each >= range[0] * (1 - 1e-9) && each <= range[1] * (1 + 1e-9));
}

function symmetric({ range, near }: Scale, most: number): number[] {
  const top = Math.max(Math.abs(range[0]), Math.abs(range[1]), near);
  const powers = decades([near, top * 1.0001], Math.max(2, most / 2));
  const found = [...powers.map((each) => -each).reverse(), 0, ...powers].filter(
    (each) => each >= range[0] && each <= range[1],
  );
  return found.length > 1 ? found : multiples(range, niceStep((range[1] - range[0]) / most));
}

/** Marks of an axis of values, at most about so many. */
export function valueTicks(of: Scale, most: number): number[] {
  if (of.range[1] <= of.range[0]) return [of.range[0]];
  if (of.kind === "log") return decades(of.range, most);
  if (of.kind === "symlog") return symmetric(of, most);
  return multiples(of.range, niceStep((of.range[1] - of.range[0]) / most, QUARTERS));
}

/** Marks of x. Steps and indexes are whole; times stand on whole minutes, hours, days of this place. */
export function xTicks(kind: XKind, scale: Scale, most: number): number[] {
  const { range } = scale;
  if (scale.kind !== "linear") return valueTicks(scale, most);
  const least = (range[1] - range[0]) / most;
  if (least <= 0) return [range[0]];
  if (kind === "time") return multiples(range, clockStep(least), new Date(range[0] * 1000).getTimezoneOffset() * 60);
  if (kind === "relative") return multiples(range, clockStep(least));
  return multiples(range, kind === "metric" ? niceStep(least) : Math.max(1, niceStep(least)));
}

/** How marks are written: all alike, with as many decimals as tell them apart. */
export function tickTexts(ticks: readonly number[]): string[] {
  const step = ticks.reduce((least, each, index) => {
    const gap = index ? Math.abs(each - ticks[index - 1]!) : Number.POSITIVE_INFINITY;
    return Math.min(least, gap);
  }, Number.POSITIVE_INFINITY);
  const size = Math.max(0, ...ticks.map(Math.abs));
  if (!Number.isFinite(step) || size < 1e-300 || step < size * 1e-12) return ticks.map(number);
  if (size < 1e-4 || size >= 1e15) {
    if (ticks.at(-1)! - ticks.at(-2)! > 1.01 * step) return ticks.map(number); // powers of ten
    const power = Math.floor(Math.log10(size));
    return ticks.map((each) => (each ? `${fixed(each / 10 ** power, decimals(step / 10 ** power))}e${power}` : "0"));
  }
  const smallest = Math.min(...ticks.filter(Boolean).map(Math.abs));
  if (size / smallest >= 1000 && smallest < 0.01) return ticks.map(number); // powers of ten
  const unit = 1000 ** Math.floor(Math.log10(size) / 3);
  // 12.5K, but 12,345.67 where thousands do not tell marks apart.
  if (size >= 10_000 && step >= unit / 1000) {
    return ticks.map((each) => compact(each, decimals(step / unit)));
  }
  return ticks.map((each) => fixed(each, decimals(step)));
}

/** Numbers of a column in one form: with as many decimals as tell four digits of each, where these are not too many. */
export function columnTexts(values: readonly number[]): string[] {
  const needs = (each: number) => (each && Math.abs(each) < 1e-5 ? 9 : decimals(Number(each.toPrecision(4))));
  const digits = Math.max(...values.filter(Number.isFinite).map(needs));
  return values.map((each) => (digits > 7 || !(Math.abs(each) < 1e9) ? number(each) : fixed(each, digits)));
}

function decimals(step: number): number {
  for (let digits = 0; digits < 12; digits += 1) {
    const shifted = step * 10 ** digits;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * Math.max(1, shifted)) return digits;
  }
  return 12;
}

/** A time since the start, as all marks of its axis are written: 30 s, 1:30, 1:30:00, 3 h. */
function passed(seconds: number, step: number, most: number): string {
  if (seconds === 0) return "0";
  const sign = seconds < 0 ? "−" : "";
  const rest = Math.abs(seconds);
  if (step < 1 || most < 60) return `${sign}${fixed(rest, step < 1 ? decimals(step) : 0)}\u00a0s`;
  if (step >= 3600) return `${sign}${number(rest / 3600)}\u00a0h`;
  const whole = Math.round(rest);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (most >= 3600) parts.unshift(Math.floor(whole / 3600));
  return sign + parts.map((each, index) => (index ? String(each).padStart(2, "0") : each)).join(":");
}

export function xTexts(
  kind: XKind,
  ticks: readonly number[],
  step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 60,
): string[] {
  const most = Math.max(...ticks.map(Math.abs));
  if (kind === "relative") return ticks.map((each) => passed(each, step, most));
  if (kind !== "time") return tickTexts(ticks);
  if (step >= 86_400) return ticks.map((each) => moment(each).split(/,? \d{2}:/)[0]!);
  return ticks.map((each) => (step < 60 ? clock(each) : clock(each).slice(0, 5)));
}
