/** What one chart shows now: lines, the part of x and of y, and how they are drawn. */
import type { Curve } from "./curve";
import type { Style } from "./paint";
import { extent, type HeldRange, padded, type Spread } from "./range";
import { nearOf, type Scale, scale } from "./scale";
import type { Range, XKind, YKind } from "./settings";

/** How values are written that have a unit. */
export interface Unit {
  text: (value: number) => string;
  marks: (ticks: number[]) => { ticks: number[]; texts: string[] };
}

export interface Scene {
  curves: readonly Curve[];
  x: Scale;
  xKind: XKind;
  /** What x is called, where it is a metric. */
  xName: string;
  y: Scale;
  style: Style;
  unit?: Unit | undefined;
  /** Whether y leaves out the largest and the smallest values. */
  outliers?: boolean;
  /** Lines that stand there to compare with: drawn thin and dashed, never pointed at. */
  guides?: readonly Guide[];
}

export interface Guide {
  label: string;
  x: Float64Array;
  y: Float64Array;
}

interface Wish {
  curves: readonly Curve[];
  x: Range;
  y: YKind;
  /** The part of y that is shown, if it is not all. */
  within?: ((spreads: readonly Spread[], x: Range, kind: YKind) => Range | null) | undefined;
  /** The part of y that somebody chose. */
  yRange: Range | null;
  /** What must be the same for the axis to stay as it is. */
  key: string;
  style?: Style;
}

/** The scale of y for what is seen of the lines. */
export function yScale(wish: Wish, held: HeldRange): Scale {
  if (wish.yRange) return scale(wish.y, wish.yRange, nearOf(wish.yRange));
  const spreads = wish.curves.flatMap((curve) => [
    { x: curve.x, ys: [curve.y, curve.low, curve.high].filter((each) => each !== null) },
    ...(curve.smooth ? [{ x: curve.smooth.x, ys: [curve.smooth.y] }] : []),
  ]);
  const found =
    wish.within?.(spreads, wish.x, wish.y) ||
    extent(spreads, wish.x, wish.y, wish.style === "line") ||
    (wish.y === "log" ? [1, 10] : [0, 1]);
  const range = held.next(wish.key, padded(found as Range, wish.y));
  return scale(wish.y, range, nearOf(range));
}
