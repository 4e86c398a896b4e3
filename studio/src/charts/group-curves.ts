/** The lines of a frame's groups. Only who shows groups has them: the notebook's widget shows one run. */
import type { Frame } from "../api/frame";
import { type BandOf, type Bearer, type Curve, EMPTY, filled, middles, numbers } from "./curve";

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
