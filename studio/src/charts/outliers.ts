/** The part of y without outliers. Only who lets them be ignored has it: the notebook's widget shows all. */
import type { Spread } from "./range";
import type { Range, YKind } from "./settings";

function each(spreads: readonly Spread[], [from, to]: Range, kind: YKind, take: (value: number) => void): void {
  for (const spread of spreads) {
    for (let index = 0; index < spread.x.length; index += 1) {
      const x = spread.x[index]!;
      if (x < from || x > to) continue;
      for (const ys of spread.ys) {
        const value = ys[index]!;
        if (Number.isFinite(value) && (kind !== "log" || value > 0)) take(value);
      }
    }
  }
}

/** From the first to the 99th hundredth of what is seen. */
export function withoutOutliers(spreads: readonly Spread[], x: Range, kind: YKind): Range | null {
  const values: number[] = [];
  each(spreads, x, kind, (value) => values.push(value));
  if (!values.length) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return [at(0.01), at(0.99)];
}
