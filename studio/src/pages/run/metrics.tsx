/** The metrics of a run: its charts, with what is chosen about them in the address. */
import { useMemo, useState } from "preact/hooks";
import { nameOf } from "../../api/run";
import { inks } from "../../base/colour";
import { ask, query } from "../../base/place";
import { type ChartSettings, RunCharts } from "../../charts/run-charts";
import { fromQuery, toQuery } from "../../charts/settings";
import type { TabProps } from "./tab";

export function MetricsTab({ run, system = false }: TabProps & { system?: boolean }) {
  const [highlighted, highlight] = useState<string | null>(null);
  const settings = useMemo(() => {
    const chosen = fromQuery(query.value);
    // What the machine did has no steps; its clock is that of the metrics.
    return system && !query.value.has("x") ? { ...chosen, x: "relative" as const } : chosen;
  }, [query.value, system]);
  const { run_id: id, status } = run;
  const label = nameOf(run);
  const lines = useMemo(() => [{ run: id, label, ink: inks([id]).get(id)!, status }], [id, label, status]);
  const onSettings = (next: ChartSettings) => ask(toQuery(next), next.range === settings.range ? "replace" : "slide");
  return (
    <div class="scroll">
      <RunCharts
        lines={lines}
        groups={null}
        settings={settings}
        onSettings={onSettings}
        highlighted={highlighted}
        onHighlight={highlight}
        system={system}
      />
    </div>
  );
}
