/** Images that were logged over steps: which one is seen at which step. */

export interface Shot {
  step: number;
  path: string;
}

export interface Strip {
  name: string;
  /** By step, ascending. */
  shots: readonly Shot[];
}

/** A strip of rows in the order logged; rows without a step count from 0, and of one step the last row counts. */
export function stripOf(name: string, paths: readonly unknown[], steps: readonly (number | null)[]): Strip {
  const found = new Map<number, Shot>();
  paths.forEach((path, index) => {
    if (typeof path !== "string") return;
    const step = steps[index] ?? index;
    found.set(step, { step, path });
  });
  return { name, shots: [...found.values()].sort((a, b) => a.step - b.step) };
}

/** Every step at which anything was logged, ascending. */
export function stepsOf(strips: readonly Strip[]): number[] {
  return [...new Set(strips.flatMap((strip) => strip.shots.map((shot) => shot.step)))].sort((a, b) => a - b);
}

/** What a strip shows at a step: the last image until then. */
export function shotAt(strip: Strip, step: number): Shot | null {
  return strip.shots.findLast((shot) => shot.step <= step) ?? null;
}
