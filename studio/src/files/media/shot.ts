/** The images that a run logged: each a row of an image metric, which names a file of the run. */
import type { Rows } from "../../api/rows";

/** One image. */
export interface Shot {
  /** The file. */
  path: string;
  /** The step it was logged with, or else its number among the metric's rows. */
  step: number;
  /** Its number among images of the same step: repeating a step is nothing wrong. */
  nth: number;
  /** Seconds since 1970 UTC. */
  at: number;
}

/** The images of one metric, by step. */
export interface Strip {
  name: string;
  shots: readonly Shot[];
  /** Whether steps were given; else `Shot.step` counts rows. */
  hasSteps: boolean;
}

/** The images of a metric, from its rows as they were logged, in any order. */
export function stripOf(name: string, pages: readonly Rows[]): Strip {
  const found: { path: string; step: number; at: number }[] = [];
  let hasSteps = false;
  for (const page of pages) {
    const paths = page.columns.find((column) => column.cells.some((cell) => typeof cell === "string"))?.cells ?? [];
    for (let row = 0; row < page.count; row += 1) {
      const path = paths[row];
      if (typeof path !== "string") continue;
      const step = page.steps[row] ?? null;
      if (step !== null) hasSteps = true;
      found.push({ path, step: step ?? page.first + row, at: page.times[row] ?? 0 });
    }
  }
  found.sort((a, b) => a.step - b.step); // stable: images of one step stay in the order logged
  const shots: Shot[] = [];
  for (const each of found) {
    const before = shots[shots.length - 1];
    shots.push({ ...each, nth: before?.step === each.step ? before.nth + 1 : 0 });
  }
  return { name, shots, hasSteps };
}
