/** Groups of runs as lines: what is asked for, and what comes of it. Only who shows groups has it: the notebook's widget shows one run. */
import type { Frame } from "../api/frame";
import { DASHES } from "../base/colour";
import { type BandOf, type Bearer, type Curve, EMPTY, filled, middles, numbers } from "./curve";
import { keyOf, named } from "./drawn";
import type { Gather } from "./kind";

export const gather: Gather = (groups, { refs }, found) => {
  const place = new Map(found.series.map(({ run, ref }, index) => [keyOf(run, ref), index]));
  for (const { aggregate, band, count: of, runs, label, ink: own } of groups)
    refs.forEach((ref, index) => {
      const series = runs.flatMap((run) => place.get(keyOf(run, ref)) ?? []);
      if (!series.length) return;
      const ink = index ? { ...own, dash: DASHES[index % DASHES.length]! } : own;
      // Runs are told of once, however many columns are drawn of each.
      const taken = index ? of : runs.length;
      const bearer = { run: null, label: named(label, ref, refs), ink, of, taken };
      found.groups.push({ bearer, series, aggregate, band });
    });
  if (found.groups.some(({ series }) => series.length > 1)) return;
  // Where each group has one run, there is nothing to put together: its points are drawn as they were logged.
  for (const { bearer, series } of found.groups) found.bearers[series[0]!] = { ...bearer, of: 1, taken: 1 };
  found.groups = [];
};

/** The lines of a frame's groups. */
export function groupCurves(frame: Frame, bearers: readonly Bearer[]): Curve[] {
  const x = middles(frame);
  return frame.groups.slice(0, bearers.length).map((group, index) => {
    const members = group.series.map((each) => frame.series[each]!);
    const sum = (what: "n" | "nonfinite" | "total") => members.reduce((all, each) => all + (each?.[what] ?? 0), 0);
    const shared = {
      ...bearers[index]!,
      smooth: null,
      width: frame.x.width,
      exact: false,
      sorted: true,
      level: Math.max(...members.map((each) => each?.level ?? 1)),
      n: sum("n"),
      nonfinite: sum("nonfinite"),
      total: sum("total"),
      error: null,
    };
    const [alone] = members;
    if (members.length === 1 && alone) {
      // One run has no mean and no band: its own values are drawn, and nothing between them.
      const y = numbers(frame.columns[group.series[0]!]?.last, alone.base, alone.scale) ?? EMPTY;
      return { ...shared, ...filled({ x: y.length ? x : EMPTY, y, low: null, high: null, count: null }) };
    }
    const columns = frame.groupColumns[index] ?? {};
    const of = (name: string) => numbers(columns[name], group.base, group.scale);
    const parts = { x, y: of("value") ?? EMPTY, low: of("low"), high: of("high"), count: columns.count ?? null };
    return { ...shared, ...filled(parts), band: group.band as BandOf };
  });
}
