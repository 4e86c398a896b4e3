/** Which points of a chart a pointer means: of each line the one beside it, and the line that is nearest. */
import type { Curve } from "./curve";
import type { Project } from "./paint";

export interface Pointed {
  curve: Curve;
  index: number;
  left: number;
  top: number;
  /** From the pointer, in CSS pixels. */
  distance: number;
}

/** The points that are pointed at, and where; CSS pixels. */
export interface Hovered {
  points: Pointed[];
  left: number;
  top: number;
}

/** Beyond its ends a line is meant no farther than this. */
const BEYOND = 24;
/** There it comes after those that go on, unless the pointer is at its end. */
const PASSED = 1e4;

function there(curve: Curve, index: number): boolean {
  return Number.isFinite(curve.y[index]!) && (curve.count === null || curve.count[index] !== 0);
}

/** The place of the nearest point to an x: of an ascending line by halving. */
export function nearestIndex(curve: Curve, x: number): number {
  const xs = curve.x;
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  let before = low - 1;
  let after = low;
  while (before >= 0 && !there(curve, before)) before -= 1;
  while (after < xs.length && !there(curve, after)) after += 1;
  if (after >= xs.length) return before;
  if (before >= 0 && x - xs[before]! < xs[after]! - x) return before;
  // Of repeated steps the last one counts, as in a bucket.
  while (after + 1 < xs.length && xs[after + 1] === xs[after] && there(curve, after + 1)) after += 1;
  return after;
}

function nearestPlace(curve: Curve, px: Project, py: Project, left: number, top: number): number {
  let found = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < curve.x.length; index += 1) {
    if (!there(curve, index)) continue;
    const distance = (px(curve.x[index]!) - left) ** 2 + (py(curve.y[index]!) - top) ** 2;
    if (distance < least) {
      least = distance;
      found = index;
    }
  }
  return found;
}

/** What is meant at a place; `x` is the pointer's own. The nearest comes first. */
export function pointed(
  curves: readonly Curve[],
  px: Project,
  py: Project,
  x: number,
  left: number,
  top: number,
): Pointed[] {
  const found: Pointed[] = [];
  for (const curve of curves) {
    const index = curve.sorted ? nearestIndex(curve, x) : nearestPlace(curve, px, py, left, top);
    if (index < 0) continue;
    const at = { left: px(curve.x[index]!), top: py(curve.y[index]!) };
    const sideways = Math.abs(at.left - left);
    const inside = covers(curve, x);
    if (!inside && sideways > BEYOND) continue;
    const shownTop = curve.smooth && curve.sorted ? py(curve.smooth.y[nearestX(curve.smooth.x, x)]!) : at.top;
    const off = Math.hypot(sideways, at.top - top);
    const distance = inside
      ? Math.min(Math.abs(at.top - top), Math.abs(shownTop - top))
      : off + (curve.sorted && off > BEYOND ? PASSED : 0);
    found.push({ curve, index, ...at, distance: Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance });
  }
  return together(found);
}

const covers = ({ sorted, x: xs }: Curve, x: number) => sorted && x >= xs[0]! && x <= xs[xs.length - 1]!;

/**
 * The nearest first, without those that end before its place, or begin after it: of buckets those of others, of points those far
 * off.
 */
export function together(points: Pointed[]): Pointed[] {
  const [first] = points.sort((a, b) => a.distance - b.distance);
  const x = first?.curve.x[first.index] ?? 0;
  return points.filter(
    ({ curve, left }) => !curve.sorted || covers(curve, x) || (!curve.width && Math.abs(left - first!.left) <= BEYOND),
  );
}

/** The place in ascending numbers that is nearest to one. */
export function nearestX(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - xs[low - 1]! < xs[low]! - x ? low - 1 : low;
}
