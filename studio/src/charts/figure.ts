/** One figure of a run's values: of its summary, without reading them. */
import type { Show } from "./settings";
import type { Summary } from "./source";

/** NaN if there is none: nothing was logged, or no number. */
export function figure(summary: Summary | null | undefined, show: Show): number {
  if (!summary) return Number.NaN;
  if (show === "mean") {
    const finite = summary.numeric - summary.nonfinite;
    return finite > 0 ? summary.sum / finite : Number.NaN;
  }
  const found = summary[show === "all" ? "last" : show];
  if (typeof found === "boolean") return Number(found);
  return typeof found === "number" ? found : Number.NaN;
}
