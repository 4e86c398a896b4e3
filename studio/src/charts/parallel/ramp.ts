/** A sequence of colours from low to high, told apart by lightness alone too: violet, blue, green, yellow in OKLCH. */

/** How many colours a picture has at most. */
export const STEPS = 48;

interface Stop {
  light: readonly [number, number];
  chroma: number;
  hue: number;
}

/** Lightness on a light page and on a dark one: each end has 3:1 to its ground. */
const STOPS: readonly Stop[] = [
  { light: [32, 52], chroma: 0.15, hue: 300 },
  { light: [42, 63], chroma: 0.13, hue: 252 },
  { light: [52, 75], chroma: 0.11, hue: 185 },
  { light: [59, 83], chroma: 0.15, hue: 135 },
  { light: [64, 91], chroma: 0.14, hue: 88 },
];

/** The colour at a share from 0 to 1, one of `STEPS`. */
export function ramp(share: number, dark: boolean): string {
  const at = (Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1)) / (STEPS - 1)) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const [a, b, rest] = [STOPS[low]!, STOPS[low + 1]!, at - low];
  const mixed = (from: number, to: number) => Number((from + (to - from) * rest).toFixed(3));
  const side = dark ? 1 : 0;
  return `oklch(${mixed(a.light[side], b.light[side])}% ${mixed(a.chroma, b.chroma)} ${mixed(a.hue, b.hue)})`;
}

/** The same as a background that goes from left to right. */
export function rampBackground(dark: boolean): string {
  const stops = Array.from({ length: 9 }, (_, index) => ramp(index / 8, dark));
  return `linear-gradient(to right in oklch, ${stops.join(", ")})`;
}
