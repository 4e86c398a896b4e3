/** Lines beyond counting: how many go from each part of an axis to each part of the next, and of which colour on average. */
import { type Axis, ODDS } from "./axis";

/** Parts of an axis; what has no place has parts of its own behind them. */
export const BINS = 40;

export interface Strand {
  /** The parts that it joins. */
  a: number;
  b: number;
  count: number;
  /** The mean share of colour of those that have one, else NaN. */
  share: number;
}

export function binOf(axis: Axis, line: number): number {
  const odd = axis.odds[line];
  if (odd) return BINS + ODDS.indexOf(odd);
  return Math.min(BINS - 1, Math.floor(axis.places[line]! * BINS));
}

/** The strands between two axes of those lines whose mark is the one wanted, the thinnest first. */
export function strands(a: Axis, b: Axis, marks: Uint8Array, wanted: number, shares: Float64Array | null): Strand[] {
  const wide = BINS + ODDS.length;
  const counts = new Uint32Array(wide * wide);
  const sums = new Float64Array(wide * wide);
  const coloured = new Uint32Array(wide * wide);
  for (let line = 0; line < marks.length; line += 1) {
    if (marks[line] !== wanted) continue;
    const cell = binOf(a, line) * wide + binOf(b, line);
    counts[cell]! += 1;
    const share = shares ? shares[line]! : Number.NaN;
    if (Number.isNaN(share)) continue;
    sums[cell]! += share;
    coloured[cell]! += 1;
  }
  const found: Strand[] = [];
  counts.forEach((count, cell) => {
    if (!count) return;
    const share = coloured[cell] ? sums[cell]! / coloured[cell]! : Number.NaN;
    found.push({ a: Math.floor(cell / wide), b: cell % wide, count, share });
  });
  return found.sort((one, other) => one.count - other.count);
}

/** How strongly a strand is drawn beside the thickest: a single line is still seen. */
export function strength(count: number, most: number): number {
  return most > 1 ? 0.12 + 0.78 * (Math.log(count) / Math.log(most)) : 0.9;
}
