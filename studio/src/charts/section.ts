/** Metrics as they stand together: by what is before the first slash of their names. */
import { byText } from "../base/by-text";
import type { Found } from "./found";

export interface Section {
  /** Empty for those without a slash. */
  name: string;
  metrics: Found[];
}

/** Metrics of the machine begin so. */
export const SYSTEM = "system/";

interface Choice {
  pattern: RegExp | null;
  hidden: readonly string[];
  /** Those of the machine alone, or all others. */
  system: boolean;
}

export function sections(found: readonly Found[], { pattern, hidden, system }: Choice): Section[] {
  const byName = new Map<string, Found[]>();
  for (const metric of found) {
    if (metric.name.startsWith(SYSTEM) !== system || hidden.includes(metric.name)) continue;
    if (pattern && !pattern.test(metric.name)) continue;
    const own = system ? metric.name.slice(SYSTEM.length) : metric.name;
    const slash = own.indexOf("/");
    const name = slash > 0 ? own.slice(0, slash) : "";
    byName.set(name, [...(byName.get(name) ?? []), metric]);
  }
  return [...byName]
    .map(([name, metrics]) => ({ name, metrics }))
    .sort((a, b) => Number(a.name !== "") - Number(b.name !== "") || byText(a.name, b.name));
}

/** Few charts need no headings: they stand in one grid, which a screen shows at once. */
export function arranged(all: Section[], few: number): Section[] {
  const metrics = all.flatMap((section) => section.metrics);
  return metrics.length > few || !metrics.length ? all : [{ name: "", metrics }];
}

/** The pattern that somebody types; while it is none, the text as it stands. */
export function wanted(find: string): { pattern: RegExp | null; wrong: boolean } {
  if (!find) return { pattern: null, wrong: false };
  try {
    return { pattern: new RegExp(find, "i"), wrong: false };
  } catch {
    return { pattern: new RegExp(find.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i"), wrong: true };
  }
}
