/** Axes from values: numbers on a linear or logarithmic scale, texts as categories, and places for what is no number. */
import { byText } from "../../base/by-text";
import { projection, type Scale, scale } from "../scale";
import { valueTicks } from "../ticks";

/** What a line has on an axis; null where it lacks it. */
export type Value = number | string | boolean | null;

/** What has no place on a scale, from top to bottom as it stands below one. */
export const ODDS = ["inf", "-inf", "nan", "none"] as const;
export type Odd = (typeof ODDS)[number];

/** A column of values, one for each line. */
export interface Column {
  id: string;
  title: string;
  /** What of it, such as "max" of a metric. */
  note?: string;
  values: readonly Value[];
}

export interface Axis extends Column {
  kind: "number" | "category";
  /** Whether all numbers are above zero, so that a logarithmic scale can show them. */
  loggable: boolean;
  /** Of categories it counts them from the bottom, with half a place left at both ends. */
  scale: Scale;
  /** From the bottom to the top. */
  categories: readonly string[];
  /** Of each line from 0, at the bottom, to 1; NaN of what has no place. */
  places: Float64Array;
  odds: readonly (Odd | null)[];
}

/** Numbers so far apart are seldom told apart on a linear scale. */
const DECADES = 2;

export function oddOf(value: Value): Odd | null {
  if (value === null || value === "") return "none";
  if (typeof value !== "number" || Number.isFinite(value)) return null;
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

/** Without a choice, `log` is what suits the numbers. */
export function axisOf(column: Column, log?: boolean): Axis {
  const odds = column.values.map(oddOf);
  const there = column.values.filter((_, index) => odds[index] === null);
  return there.every((value) => typeof value === "number")
    ? numeric(column, odds, there as number[], log)
    : categorical(column, odds, there);
}

function numeric(column: Column, odds: (Odd | null)[], there: readonly number[], log?: boolean): Axis {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of there) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const loggable = there.length > 0 && low > 0;
  const usual = loggable && Math.log10(high / low) >= DECADES;
  if (!there.length) [low, high] = [0, 1];
  // One number alone stands in the middle.
  if (low === high)
    [low, high] = loggable ? [low / 2, low * 1.5] : [low - (Math.abs(low) || 1), low + (Math.abs(low) || 1)];
  const found = scale(loggable && (log ?? usual) ? "log" : "linear", [low, high]);
  const place = projection(found, 0, 1);
  const places = Float64Array.from(column.values, (value, index) =>
    odds[index] ? Number.NaN : place(value as number),
  );
  return { ...column, kind: "number", loggable, scale: found, categories: [], places, odds };
}

function categorical(column: Column, odds: (Odd | null)[], there: readonly Value[]): Axis {
  const categories = [...new Set(there.map(String))].sort(byText).reverse(); // A on top
  const index = new Map(categories.map((name, at) => [name, at]));
  const found = scale("linear", [-0.5, categories.length - 0.5]);
  const place = projection(found, 0, 1);
  const places = Float64Array.from(column.values, (value, at) =>
    odds[at] ? Number.NaN : place(index.get(String(value))!),
  );
  return { ...column, kind: "category", loggable: false, scale: found, categories, places, odds };
}

/** The number at a place of an axis. */
export function valueAt({ scale: { range, forward, back } }: Axis, place: number): number {
  const [low, high] = [forward(range[0]), forward(range[1])];
  return back(low + place * (high - low));
}

export function placeAt(axis: Axis, value: number): number {
  return projection(axis.scale, 0, 1)(value);
}

/** A number near a place, with no more digits than a screen tells apart. */
export function roundedAt(axis: Axis, place: number): number {
  const value = valueAt(axis, Math.min(1, Math.max(0, place)));
  if (axis.kind === "category") return Math.round(value);
  if (axis.scale.kind === "log") return Number(value.toPrecision(4));
  const [low, high] = axis.scale.range;
  const digits = Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(high - low))));
  return digits > 0 ? Number(value.toFixed(digits)) : Math.round(value);
}

/** How many lines have something that has no place, by what it is. */
export function oddCounts({ odds }: Axis): Map<Odd, number> {
  const found = new Map<Odd, number>();
  for (const odd of odds) if (odd) found.set(odd, (found.get(odd) ?? 0) + 1);
  return found;
}

/** Round marks, at most about so many; of whole numbers none that lies between them, of one number alone itself. */
export function numberTicks({ scale, values, odds }: Axis, most: number): number[] {
  const there = new Set(values.filter((_, line) => odds[line] === null) as number[]);
  if (there.size < 2) return [...there];
  const ticks = valueTicks(scale, most);
  return [...there].every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks;
}
