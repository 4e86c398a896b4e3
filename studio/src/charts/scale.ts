/** From numbers to places on an axis and back: linear, logarithmic, and logarithmic on both sides of zero. */
import type { Range, YKind } from "./settings";

export interface Scale {
  kind: YKind;
  range: Range;
  /** Symlog: numbers nearer to zero than this are spaced evenly. */
  near: number;
  /** Numbers as they are spaced, and back. */
  forward: (value: number) => number;
  back: (value: number) => number;
}

export function scale(kind: YKind, range: Range, near = 1): Scale {
  if (kind === "log") return { kind, range, near, forward: Math.log10, back: (value) => 10 ** value };
  if (kind === "symlog")
    return {
      kind,
      range,
      near,
      forward: (value) => Math.asinh(value / near),
      back: (value) => Math.sinh(value) * near,
    };
  return { kind, range, near, forward: (value) => value, back: (value) => value };
}

/** A function from numbers to pixels, `from` being where the range begins. */
export function projection({ kind, range, forward }: Scale, from: number, to: number): (value: number) => number {
  const low = forward(range[0]);
  const factor = (to - from) / (forward(range[1]) - low || 1);
  // Called some 100,000 times for a picture of many lines.
  if (kind === "linear") return (value) => from + (value - low) * factor;
  return (value) => from + (forward(value) - low) * factor;
}

/** Where symlog changes from even to logarithmic spacing: three powers of ten below the largest size. */
export function nearOf(range: Range): number {
  const size = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  return size > 0 && Number.isFinite(size) ? 10 ** (Math.floor(Math.log10(size)) - 3) : 1;
}
