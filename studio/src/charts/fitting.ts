/** Which of some ways to show a metric fit it. */
import type { Found } from "./found";
import type { Kind } from "./kind";

/** Those that fit, the best one first; none of images, which have a place of their own. */
export function fitting(kinds: readonly Kind[], metric: Found, runCount: number): Kind[] {
  if (metric.kind === "image" || !metric.columns.length) return [];
  const scored = kinds.map((kind) => ({ kind, score: kind.score(metric, runCount) })).filter((each) => each.score > 0);
  return scored.sort((a, b) => b.score - a.score).map((each) => each.kind);
}
