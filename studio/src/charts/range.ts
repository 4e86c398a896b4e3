/** Which part of y an axis shows: what is drawn, with some air, without outliers if they are not wanted, and without jumps. */
import type { Range, YKind } from "./settings";

/** Values that may be drawn within a range of x, from arrays of x and of y. */
export interface Spread {
  x: ArrayLike<number>;
  ys: readonly ArrayLike<number>[];
}

/**
 * The lowest and the highest finite number that is seen; of log only positive ones; null if there is none. Where lines go
 * `through` the edges of what is seen, their values there count too.
 */
export function extent(spreads: readonly Spread[], x: Range, kind: YKind, through = false): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  // Without a call for each of some 100,000 values: a zoom into many lines waits for it.
  const above = kind === "log" ? 0 : Number.NEGATIVE_INFINITY;
  const crossing = (xs: ArrayLike<number>, values: ArrayLike<number>, index: number) => {
    for (const edge of x) {
      const [a, b] = [xs[index - 1]!, xs[index]!];
      if (a < edge === b < edge) continue;
      const [from, to, share] = [values[index - 1]!, values[index]!, (edge - a) / (b - a)];
      const value = kind === "log" ? from * (to / from) ** share : from + (to - from) * share;
      if (!(value > above && value < Number.POSITIVE_INFINITY)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  };
  for (const { x: xs, ys } of spreads) {
    for (const values of ys) {
      let before = 0;
      for (let index = 0; index < xs.length; index += 1) {
        const value = values[index]!;
        // On which side of what is seen it lies: most places lie where the one before them does.
        const side = xs[index]! < x[0] ? -1 : xs[index]! > x[1] ? 1 : 0;
        if (through && index && side !== before) crossing(xs, values, index);
        before = side;
        if (side || !(value > above && value < Number.POSITIVE_INFINITY)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/** With air above and below; a flat line stands in the middle. */
export function padded([low, high]: Range, kind: YKind, share = 0.06): Range {
  if (kind === "log") {
    const factor = low === high ? 2 : (high / low) ** share;
    return [low / factor, high * factor];
  }
  if (low === high) {
    const half = low === 0 ? 1 : Math.abs(low) * 0.1;
    return [low - half, high + half];
  }
  const air = (high - low) * share;
  // An axis that could begin at zero does: nothing logged is below it.
  return [low >= 0 && low - air < 0 ? 0 : low - air, high <= 0 && high + air > 0 ? 0 : high + air];
}

/** A range that only grows while the same thing is shown; it starts anew for another key, or when it is much too large. */
export class HeldRange {
  #key = "";
  #range: Range | null = null;

  next(key: string, wanted: Range): Range {
    const before = this.#key === key ? this.#range : null;
    const grown: Range = before ? [Math.min(before[0], wanted[0]), Math.max(before[1], wanted[1])] : wanted;
    const far = before !== null && grown[1] - grown[0] > 4 * (wanted[1] - wanted[0]);
    this.#key = key;
    this.#range = far ? wanted : grown;
    return this.#range;
  }
}
