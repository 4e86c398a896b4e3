/** The metrics of a run: its charts, with what is chosen about them in the address. */
import { useMemo, useState } from "preact/hooks";
import { inks } from "../../base/colour";
import { ask, query } from "../../base/place";
import { RunCharts } from "../../charts/run-charts";
import { type ChartSettings, fromQuery, toQuery } from "../../charts/settings";

interface Run {
  run_id: string;
  display_name: string | null;
  status: string;
}

export function MetricsTab({ run, system = false }: { run: Run; system?: boolean }) {
  const [highlighted, highlight] = useState<string | null>(null);
  const settings = useMemo(() => fromQuery(query.value), [query.value]);
  const { run_id: id, display_name: name, status } = run;
  const lines = useMemo(() => [{ run: id, label: name ?? id, ink: inks([id]).get(id)!, status }], [id, name, status]);
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
