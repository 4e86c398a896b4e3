/** One row of steps for images of several metrics and runs, and what each of them shows there. */
import type { Shot, Strip } from "./shot";

/** A place on the common slider: a step, and which of the images that share it. */
export interface Stop {
  step: number;
  nth: number;
}

function order(a: Stop, b: Stop): number {
  return a.step - b.step || a.nth - b.nth;
}

/** Every stop that any of them has, in order. */
export function stopsOf(strips: readonly Strip[]): Stop[] {
  const all = strips.flatMap((strip) => strip.shots.map(({ step, nth }) => ({ step, nth }))).sort(order);
  return all.filter((stop, index) => !index || order(all[index - 1]!, stop) !== 0);
}

/** What is seen of a strip at a stop: its image of that place, else the last one before it; none before its first. */
export function shotAt(strip: Strip, stop: Stop): Shot | undefined {
  let low = 0;
  let high = strip.shots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(strip.shots[middle]!, stop) <= 0) low = middle + 1;
    else high = middle;
  }
  return strip.shots[low - 1];
}

/** A stop as it stands in an address: `12`, or `12.1` for the second image of step 12. */
export function stopText({ step, nth }: Stop): string {
  return nth ? `${step}.${nth}` : String(step);
}

/** The index of the stop that a text names, or of the last one before it; the last of all where it names none. */
export function indexOf(stops: readonly Stop[], text: string | null): number {
  const last = stops.length - 1;
  const found = /^(-?\d{1,19})(?:\.(\d{1,6}))?$/.exec(text ?? "");
  if (!found) return last;
  const wanted = { step: Number(found[1]), nth: Number(found[2] ?? 0) };
  const after = stops.findIndex((stop) => order(stop, wanted) > 0);
  return Math.max(0, after < 0 ? last : after - 1);
}
