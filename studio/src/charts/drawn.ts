/** Which series a chart of lines is made of, and who bears the lines. */
import { DASHES } from "../base/colour";
import { LISTED } from "./found";
import type { Drawn, Gather, Wanted } from "./kind";
import type { MetricRef } from "./settings";

/** A series by what it is of. */
export const keyOf = (run: string | null, { metric, column }: MetricRef): string => `${run}\n${metric}\n${column}`;

/** The name of a line: of several columns, or of several metrics, with which one it is. */
export function named(label: string, ref: MetricRef, refs: readonly MetricRef[]): string {
  if (refs.length < 2) return label;
  const same = refs.every((each) => each.metric === refs[0]?.metric);
  return [label, same ? ref.column : ref.metric].filter(Boolean).join(" · ");
}

/** Which series are asked for, and who bears the lines made of them; of groups the lines are all their runs. */
export function drawnOf(wanted: Wanted, gather?: Gather): Drawn {
  const { lines, groups, refs, metric, spec } = wanted;
  const found: Drawn = { bearers: [], series: [], groups: [] };
  // Of runs whose metrics were not listed the server says whether they have it.
  const has = (run: string) => spec !== null || metric.of.has(run) || metric.of.size >= LISTED;
  for (const { run, label, ink } of lines)
    if (has(run))
      refs.forEach((ref, index) => {
        const dash = index ? DASHES[index % DASHES.length]! : ink.dash;
        found.series.push({ run, ref });
        found.bearers.push({ run, label: named(label, ref, refs), ink: { colour: ink.colour, dash } });
      });
  if (groups) gather?.(groups, wanted, found);
  return found;
}
