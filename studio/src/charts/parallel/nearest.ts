/** The line that is meant by a place between two axes. */
import type { Axis } from "./axis";
import { crossing, type Layout } from "./layout";

/** A line is meant when the pointer is no farther from it, in pixels. */
const NEAR = 10;

/** The nearest of the lines that pass, or -1. */
export function nearest(
  layout: Layout,
  axes: readonly Axis[],
  lefts: readonly number[],
  pass: Uint8Array,
  x: number,
  y: number,
): number {
  let at = lefts.findLastIndex((left) => left <= x);
  at = Math.max(0, Math.min(axes.length - 2, at));
  const [a, b] = [axes[at], axes[at + 1]];
  if (!a || !b || x < lefts[at]! - NEAR || x > lefts[at + 1]! + NEAR) return -1;
  const wide = lefts[at + 1]! - lefts[at]!;
  const share = Math.min(1, Math.max(0, (x - lefts[at]!) / wide));
  let [found, least] = [-1, NEAR];
  for (let line = 0; line < pass.length; line += 1) {
    if (!pass[line]) continue;
    const [from, to] = [crossing(layout, a, line), crossing(layout, b, line)];
    const distance = (Math.abs(from + (to - from) * share - y) * wide) / Math.hypot(wide, to - from);
    if (distance < least) [found, least] = [line, distance];
  }
  return found;
}
