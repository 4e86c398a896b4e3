/** The curves of the compared runs, one over the other. */
import { useMemo, useState } from "preact/hooks";
import { nameOf } from "../../api/run";
import { inks } from "../../base/colour";
import { ask, query } from "../../base/place";
import { Legend } from "../../charts/legend";
import { RunCharts } from "../../charts/run-charts";
import { type ChartSettings, fromQuery, toQuery } from "../../charts/settings";
import type { PartProps } from "./part";

export function CompareCharts({ runs }: PartProps) {
  const [highlighted, highlight] = useState<string | null>(null);
  const settings = useMemo(() => fromQuery(query.value), [query.value]);
  const lines = useMemo(() => {
    const dealt = inks(runs.map((run) => run.run_id));
    return runs.map((run) => ({
      run: run.run_id,
      label: nameOf(run),
      ink: dealt.get(run.run_id)!,
      status: run.status,
    }));
  }, [runs]);
  const note = useMemo(
    () => <Legend marks={lines.map(({ run, label, ink }) => ({ key: run, label, ink }))} onHighlight={highlight} />,
    [lines],
  );
  return (
    <RunCharts
      lines={lines}
      groups={null}
      settings={settings}
      onSettings={(next: ChartSettings) => ask(toQuery(next), next.range === settings.range ? "replace" : "slide")}
      highlighted={highlighted}
      onHighlight={highlight}
      note={note}
    />
  );
}
