/** Lines as they are drawn, made of a frame: x and y in numbers, the band around, and how many points each place stands for. */
import type { Columns, Frame, FrameSeries } from "../api/frame";
import type { Ink } from "../base/colour";
import type { XKind } from "./settings";

/** A line that a chart shows: of a run, or of a group of runs. */
export interface Bearer {
  /** Null of a group. */
  run: string | null;
  label: string;
  ink: Ink;
  /** Of a group: how many runs it has, and how many of them are drawn. */
  of?: number;
  taken?: number;
}

/** What a line and its band are, where they are not of the values of one run: of a group, or of a value with its error. */
export type BandOf = "std" | "minmax" | "quartiles" | "error";

export interface Curve extends Bearer {
  /** Places as they follow each other: ascending but for curves that turn back and out-of-order steps. */
  x: Float64Array;
  /** NaN is a gap. */
  y: Float64Array;
  low: Float64Array | null;
  high: Float64Array | null;
  /** Not there of a run: its band goes from the smallest value of each bucket to the largest. */
  band?: BandOf | undefined;
  /** How many points, or runs of a group, stand there; 0 is none (a neighbour beyond the edge). */
  count: ArrayLike<number> | null;
  /** The smoothed line; y is then the raw one. */
  smooth: { x: Float64Array; y: Float64Array } | null;
  /** How wide a bucket is, in x; 0 of points. */
  width: number;
  /** Rows of the source buckets it was made of: with more than one, places and counts are about right. */
  level?: number;
  /** Whether each place is one point as logged. */
  exact: boolean;
  sorted: boolean;
  /** Points that it stands for; values that are not drawn since they are no finite numbers; rows in all. */
  n: number;
  nonfinite: number;
  total: number;
  /** The server's words, if it could not be read. */
  error: string | null;
}

export function numbers(column: Columns[string] | undefined, base: number, scale: number): Float64Array | null {
  if (!column) return null;
  const found = new Float64Array(column.length);
  // A plain loop: `Float64Array.from` with a function takes ten times as long, and this is each point of each chart.
  for (let index = 0; index < found.length; index += 1) found[index] = base + scale * column[index]!;
  return found;
}

/** The middle of each bucket: of those of whole numbers the middle of what they hold. */
export function middles({ x }: Frame): Float64Array {
  const whole = x.kind === "step" || x.kind === "index";
  const inside = whole ? (x.width - 1) / 2 : x.width / 2;
  const found = new Float64Array(x.buckets);
  for (let index = 0; index < found.length; index += 1) found[index] = (x.from ?? 0) + index * x.width + inside;
  return found;
}

interface Parts {
  x: Float64Array;
  y: Float64Array;
  low: Float64Array | null;
  high: Float64Array | null;
  count: ArrayLike<number> | null;
}

/** Without the buckets in which nothing was logged: a line runs on to the next point, however rare they are. */
export function filled(parts: Parts): Parts {
  if (!parts.y.some(Number.isNaN)) return parts; // as nearly always: a look is a fraction of the lists below
  const kept: number[] = [];
  parts.y.forEach((each, index) => {
    if (!Number.isNaN(each)) kept.push(index);
  });
  const pick = (from: ArrayLike<number>) => {
    const found = new Float64Array(kept.length);
    for (let index = 0; index < found.length; index += 1) found[index] = from[kept[index]!]!;
    return found;
  };
  return {
    x: pick(parts.x),
    y: pick(parts.y),
    low: parts.low && pick(parts.low),
    high: parts.high && pick(parts.high),
    count: parts.count && pick(parts.count),
  };
}

/** A gap wider than so many usual ones is one. */
const GAP = 1.5;

/**
 * Breaks in the line where points are farther apart than usual, if values that are no numbers were logged: a frame says how
 * many there are and not where, and a line drawn across them would say that there were numbers.
 */
export function broken(parts: Parts, nonfinite: number): Parts {
  const { x } = parts;
  if (!nonfinite || x.length < 3) return parts;
  const gaps = Float64Array.from({ length: x.length - 1 }, (_, index) => x[index + 1]! - x[index]!);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1]!;
  const places: number[] = [];
  x.forEach((_, index) => {
    if (index && gaps[index - 1]! > GAP * usual && usual > 0) places.push(-index);
    places.push(index + 1);
  });
  if (places.length === x.length) return parts;
  const pick = (from: ArrayLike<number>, missing: (index: number) => number) =>
    Float64Array.from(places, (place) => (place > 0 ? from[place - 1]! : missing(-place)));
  const none = () => Number.NaN;
  return {
    x: pick(x, (index) => (x[index]! + x[index - 1]!) / 2),
    y: pick(parts.y, none),
    low: parts.low && pick(parts.low, none),
    high: parts.high && pick(parts.high, none),
    count: parts.count && pick(parts.count, () => 0),
  };
}

function ascending(x: Float64Array): boolean {
  for (let index = 1; index < x.length; index += 1) if (x[index]! < x[index - 1]!) return false;
  return true;
}

export const EMPTY = new Float64Array(0);

function partsOf(columns: Columns, series: FrameSeries, x: Float64Array | null): Parts {
  const y = numbers(columns.last, series.base, series.scale);
  if (!y) return { x: EMPTY, y: EMPTY, low: null, high: null, count: null };
  if (!x) return { x: columns.x as Float64Array, y, low: null, high: null, count: columns.count ?? null };
  const low = numbers(columns.min, series.base, series.scale);
  const high = numbers(columns.max, series.base, series.scale);
  return filled({ x, y, low, high, count: columns.count ?? null });
}

/** The lines of a frame's series, for those who bear them. */
export function curves(frame: Frame, bearers: readonly Bearer[], smoothed?: Frame): Curve[] {
  const x = frame.x.form === "buckets" ? middles(frame) : null;
  const smoothX = smoothed?.x.form === "buckets" ? middles(smoothed) : null;
  return frame.series.slice(0, bearers.length).map((series, index) => {
    const parts = broken(partsOf(frame.columns[index] ?? {}, series, x), series.nonfinite);
    const other = smoothed?.series[index];
    const smooth = other ? partsOf(smoothed.columns[index] ?? {}, other, smoothX) : null;
    return {
      ...bearers[index]!,
      ...parts,
      smooth: smooth?.x.length ? { x: smooth.x, y: smooth.y } : null,
      width: x ? frame.x.width : 0,
      level: series.level,
      exact: x === null && series.level === 1,
      sorted: ascending(parts.x),
      n: series.n,
      nonfinite: series.nonfinite,
      total: series.total,
      error: series.error ? (series.message ?? series.error) : null,
    };
  });
}

/** The ends of x that a frame has. */
export function reach(frame: Frame, kind: XKind): [number, number] {
  const from = frame.x.from ?? 0;
  const to = frame.x.to ?? from;
  // A bucket of whole numbers ends before the next one.
  const end = frame.x.form === "buckets" && (kind === "step" || kind === "index") ? to - 1 : to;
  return end > from ? [from, end] : [from - 0.5, from + 0.5];
}
