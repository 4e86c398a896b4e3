/** Where axes stand and what of them is where, in CSS pixels. */
import { type Axis, ODDS, type Odd } from "./axis";
import { BINS } from "./density";

export const HEAD = 46;
const LEFT = 18;
const ROW = 26;
/** Nearer to each other than this axes cannot be told; then they are wider than what is seen, and scroll. */
const LEAST = 104;
/** For the texts of the last axis. */
const LAST = 112;

export interface Layout {
  width: number;
  height: number;
  /** Of the scales: all axes have the same. */
  top: number;
  bottom: number;
  /** How far axes stand apart, and where the first stands. */
  gap: number;
  left: number;
  /** Where each kind of what has no place stands, if any line has it. */
  rows: ReadonlyMap<Odd, number>;
}

export function layoutOf(axes: readonly Axis[], seen: number, height: number): Layout {
  const odds = ODDS.filter((odd) => axes.some((axis) => axis.odds.includes(odd)));
  const bottom = height - 12 - odds.length * ROW;
  const gaps = Math.max(1, axes.length - 1);
  const gap = Math.max(LEAST, (seen - LEFT - LAST) / gaps);
  return {
    width: Math.max(seen, LEFT + LAST + gap * (axes.length - 1)),
    height,
    top: HEAD,
    bottom,
    gap,
    left: LEFT,
    rows: new Map(odds.map((odd, index) => [odd, bottom + 8 + ROW * (index + 0.5)])),
  };
}

/** Where a place of an axis is. */
export function topOf({ top, bottom }: Layout, place: number): number {
  return bottom - place * (bottom - top);
}

/** Where a line crosses an axis. */
export function crossing(layout: Layout, axis: Axis, line: number): number {
  const odd = axis.odds[line];
  return odd ? (layout.rows.get(odd) ?? layout.bottom) : topOf(layout, axis.places[line]!);
}

/** From where to where a part of an axis goes. */
export function binSpan(layout: Layout, bin: number): readonly [number, number] {
  if (bin < BINS) return [topOf(layout, (bin + 1) / BINS), topOf(layout, bin / BINS)];
  const middle = layout.rows.get(ODDS[bin - BINS]!) ?? layout.bottom;
  return [middle - 4, middle + 4];
}

/** Where axes stand while one of them is dragged, and their order if it were let go there. */
export function arranged(
  ids: readonly string[],
  { left, gap }: Pick<Layout, "left" | "gap">,
  dragged: { id: string; x: number } | null,
): { order: string[]; lefts: Map<string, number> } {
  const slot = (index: number) => left + gap * index;
  const order = [...ids];
  if (dragged) {
    const to = Math.max(0, Math.min(ids.length - 1, Math.round((dragged.x - left) / gap)));
    order.splice(order.indexOf(dragged.id), 1);
    order.splice(to, 0, dragged.id);
  }
  const lefts = new Map(order.map((id, index) => [id, id === dragged?.id ? dragged.x : slot(index)]));
  return { order, lefts };
}
