/** The metrics of a run: its charts, with what is chosen about them in the address. */
import { useMemo, useState } from "preact/hooks";
import { nameOf, type Run } from "../../api/run";
import { inks } from "../../base/colour";
import { ask, query } from "../../base/place";
import { RunCharts } from "../../charts/run-charts";
import { type ChartSettings, fromQuery, toQuery } from "../../charts/settings";

interface Props {
  run: Run;
  /** The figures of the machine instead, over the time since the start: they have no steps. */
  system?: boolean;
}

export function MetricsTab({ run, system = false }: Props) {
  const [highlighted, highlight] = useState<string | null>(null);
  const settings = useMemo(() => {
    const chosen = fromQuery(query.value);
    return system && !query.value.has("x") ? { ...chosen, x: "relative" as const } : chosen;
  }, [query.value, system]);
  const { run_id: id, status } = run;
  const name = nameOf(run);
  const lines = useMemo(() => [{ run: id, label: name, ink: inks([id]).get(id)!, status }], [id, name, status]);
  const onSettings = (next: ChartSettings) => ask(toQuery(next), "replace");
  return (
    <RunCharts
      lines={lines}
      groups={null}
      settings={settings}
      onSettings={onSettings}
      highlighted={highlighted}
      onHighlight={highlight}
      system={system}
    />
  );
}
