/** Which ways there are to show a metric: by what was logged, never by its name. */
import { bars, histogram, importance, table } from "./bar-kinds";
import { card, textCard } from "./card";
import { fitting } from "./fitting";
import type { Found } from "./found";
import type { Kind } from "./kind";
import { runs } from "./runs";
import type { PanelSpec } from "./settings";
import { line, step } from "./single-variable";
import { structured } from "./structured/kinds";
import { curve, multi, scatter, swapped } from "./two-variable";

const KINDS: readonly Kind[] = [
  card,
  textCard,
  line,
  step,
  curve,
  swapped,
  multi,
  scatter,
  runs,
  bars,
  importance,
  histogram,
  table,
  ...structured,
];

/** The ways that fit, the best one first. */
export function kindsOf(metric: Found, runCount: number): Kind[] {
  return fitting(KINDS, metric, runCount);
}

/** The one that somebody chose, or the best. */
export function kindOf(metric: Found, runCount: number, chosen: string | undefined): Kind | null {
  const all = kindsOf(metric, runCount);
  return all.find((kind) => kind.form === chosen) ?? all[0] ?? null;
}

/** How a chart that somebody added is shown: lines, or one figure of each run. */
export function kindOfSpec(spec: PanelSpec): Kind {
  return spec.show === "all" ? line : runs;
}
