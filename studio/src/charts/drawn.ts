/** Which series a chart of lines is made of, and who bears the lines. */
import { DASHES } from "../base/colour";
import type { Together } from "./asking";
import type { Bearer } from "./curve";
import { type Found, LISTED } from "./found";
import type { Line, LineGroup } from "./kind";
import type { MetricRef, PanelSpec } from "./settings";

export interface Drawn {
  bearers: Bearer[];
  series: { run: string; ref: MetricRef }[];
  groups: (Together & { bearer: Bearer })[];
}

interface Wanted {
  lines: readonly Line[];
  groups: readonly LineGroup[] | null;
  refs: readonly MetricRef[];
  metric: Found;
  spec: PanelSpec | null;
}

/** A series by what it is of. */
export const keyOf = (run: string | null, { metric, column }: MetricRef): string => `${run}\n${metric}\n${column}`;

/** Which series are asked for, and who bears the lines made of them. */
export function drawnOf({ lines, groups, refs, metric, spec }: Wanted): Drawn {
  const found: Drawn = { bearers: [], series: [], groups: [] };
  const place = new Map<string, number>();
  const same = refs.every((ref) => ref.metric === refs[0]?.metric);
  const named = (label: string, ref: MetricRef) =>
    refs.length > 1 ? [label, same ? ref.column : ref.metric].filter(Boolean).join(" · ") : label;
  const add = (run: string, ref: MetricRef, bearer: Bearer) => {
    place.set(keyOf(run, ref), found.series.length);
    found.series.push({ run, ref });
    found.bearers.push(bearer);
  };
  // Of runs whose metrics were not listed the server says whether they have it.
  const has = (run: string) => spec !== null || metric.of.has(run) || metric.of.size >= LISTED;
  const shown = groups
    ? groups.flatMap((group) => group.runs.map((run) => ({ run, label: group.label, ink: group.ink })))
    : lines;
  for (const line of shown) {
    refs.forEach((ref, index) => {
      if (!has(line.run)) return;
      const label = named(line.label, ref);
      const dash = index ? DASHES[index % DASHES.length]! : line.ink.dash;
      add(line.run, ref, { run: line.run, label, ink: { colour: line.ink.colour, dash } });
    });
  }
  for (const group of groups ?? [])
    refs.forEach((ref, index) => {
      const series = group.runs.flatMap((run) => place.get(keyOf(run, ref)) ?? []);
      const label = named(group.label, ref);
      const ink = index ? { ...group.ink, dash: DASHES[index % DASHES.length]! } : group.ink;
      const { aggregate, band, count: of, runs } = group;
      // Runs are told of once, however many columns are drawn of each.
      const taken = index ? of : runs.length;
      if (series.length) found.groups.push({ bearer: { run: null, label, ink, of, taken }, series, aggregate, band });
    });
  if (found.groups.some(({ series }) => series.length > 1)) return found;
  // Where each group has one run, there is nothing to put together: its points are drawn as they were logged.
  for (const { bearer, series } of found.groups) found.bearers[series[0]!] = { ...bearer, of: 1, taken: 1 };
  found.groups = [];
  return found;
}
