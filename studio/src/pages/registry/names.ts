/** Versions by their names. */
import { calledOf, numberOf } from "../../api/registry";
import type { Run } from "../../api/run";

export interface Named {
  name: string;
  /** The version with the highest number. */
  newest: Run;
  /** How many versions there are. */
  count: number;
}

/** The names of versions in the order in which these come, each with its newest. */
export function byName(versions: readonly Run[]): Named[] {
  const found = new Map<string, Named>();
  for (const version of versions) {
    const name = calledOf(version);
    const known = found.get(name);
    if (!known) found.set(name, { name, newest: version, count: 1 });
    else {
      known.count += 1;
      if (numberOf(version) > numberOf(known.newest)) known.newest = version;
    }
  }
  return [...found.values()];
}
