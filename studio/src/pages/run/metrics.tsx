/** The metrics of a run: its charts, with what is chosen about them in the address. */
import { useMemo, useState } from "preact/hooks";
import { nameOf, type Run } from "../../api/run";
import { inks } from "../../base/colour";
import { ask, query } from "../../base/place";
import { type ChartSettings, RunCharts } from "../../charts/run-charts";
import { fromQuery, SETTINGS, toQuery } from "../../charts/settings";
import type { GlanceProps } from "../../ui/glance";
import type { TabProps } from "./tab";

export function MetricsTab({ run, system = false }: TabProps & { system?: boolean }) {
  const [highlighted, highlight] = useState<string | null>(null);
  const settings = useMemo(() => {
    const chosen = fromQuery(query.value);
    // What the machine did has no steps; its clock is that of the metrics.
    return system && !query.value.has("x") ? { ...chosen, x: "relative" as const } : chosen;
  }, [query.value, system]);
  const lines = useLines(run);
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

function useLines(run: Run) {
  const { run_id: id, status } = run;
  const label = nameOf(run);
  return useMemo(() => [{ run: id, label, ink: inks([id]).get(id)!, status }], [id, label, status]);
}

/** Some charts in one column, with settings of their own: for a summary. */
export function FewCharts({ run, names }: GlanceProps) {
  const [settings, setSettings] = useState<ChartSettings>({ ...SETTINGS, columns: 1 });
  const [highlighted, highlight] = useState<string | null>(null);
  return (
    <RunCharts
      bare
      lines={useLines(run)}
      groups={null}
      settings={settings}
      onSettings={setSettings}
      highlighted={highlighted}
      onHighlight={highlight}
      names={names}
    />
  );
}
