/** What is drawn of parallel coordinates: where, in which colours, and which lines of them pass. */
import { type Ink, PALETTE } from "../../base/colour";
import type { Axis } from "./axis";
import { crossing, type Layout } from "./layout";
import { ramp } from "./ramp";

export interface Line {
  run: string;
  label: string;
  ink: Ink;
  /** Where the run's page is. */
  href: string;
}

export interface Scene {
  layout: Layout;
  /** From left to right, and where each stands. */
  axes: readonly Axis[];
  lefts: readonly number[];
  lines: readonly Line[];
  /** 1 of each line that passes. */
  pass: Uint8Array;
  passed: number;
  /** The axis that gives the colour; null: each line has its own. */
  colour: Axis | null;
  dark: boolean;
}

/** What has no colour of its own: it is dashed too. */
export const NO_COLOUR = { light: "oklch(60% 0.012 260)", dark: "oklch(60% 0.012 260)" };

/** The ink of a share of the axis of colour. */
export function inkAt(axis: Axis, share: number, dark: boolean): Ink {
  if (Number.isNaN(share)) return { colour: NO_COLOUR[dark ? "dark" : "light"], dash: [3, 3] };
  const index = Math.floor(share * axis.categories.length);
  if (axis.kind === "category" && axis.categories.length <= PALETTE.length)
    return { colour: PALETTE[Math.min(index, axis.categories.length - 1)]!, dash: [] };
  return { colour: ramp(share, dark), dash: [] };
}

export function inkOf({ colour, lines, dark }: Scene, line: number): Ink {
  return colour ? inkAt(colour, colour.places[line]!, dark) : lines[line]!.ink;
}

/** The places of a line from axis to axis. */
export function pathOf({ layout, axes, lefts }: Scene, line: number): [number, number][] {
  return axes.map((axis, index) => [lefts[index]!, crossing(layout, axis, line)]);
}

export function countOf(pass: Uint8Array): number {
  let found = 0;
  for (const each of pass) found += each;
  return found;
}
