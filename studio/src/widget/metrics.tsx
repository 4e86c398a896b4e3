/** The metrics of a run: numbers and texts that were logged once as cards, all others as charts, twelve at first. */
import { useSignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { nameOf, type Run } from "../api/run";
import { inkOf } from "../base/colour";
import { fitting } from "../charts/fitting";
import { type Found, useFound } from "../charts/found";
import { SYSTEM, wanted } from "../charts/section";
import { type ChartSettings, SETTINGS } from "../charts/settings";
import { chartWords } from "../charts/words";
import { FailureNote } from "../ui/failure";
import { KINDS } from "./kinds";
import { Panel, type Shared } from "./panel";
import { useRoom } from "./room";
import { widgetWords } from "./words";

const AT_ONCE = 12;

interface Fitting {
  metric: Found;
  small: boolean;
  /** Of the machine, not of the code. */
  system: boolean;
}

/** Those that can be shown, by name, as the kernel pushes the first ones. */
function shownOf(found: readonly Found[], find: string): Fitting[] {
  const { pattern } = wanted(find);
  return found.flatMap((metric) => {
    const [kind] = fitting(KINDS, metric, 1);
    if (!kind || pattern?.test(metric.name) === false) return [];
    return [{ metric, small: kind.small ?? false, system: metric.name.startsWith(SYSTEM) }];
  });
}

export function MetricsTab({ run }: { run: Run }) {
  const { run_id: id, status } = run;
  const label = nameOf(run);
  const runs = useMemo(() => [id], [id]);
  const { data, failure } = useFound(runs);
  const [settings, set] = useState<ChartSettings>(SETTINGS);
  const [shown, show] = useState(AT_ONCE);
  const [machineOpen, openMachine] = useState(false);
  const lines = useMemo(() => [{ run: id, label, ink: inkOf(id), status }], [id, label, status]);
  const pointer = useSignal(null);
  const highlight = useSignal(null);
  const shared: Shared = { lines, groups: null, settings, onSettings: set, highlight, onHighlight: nothing, pointer };
  const all = useMemo(() => shownOf(data ?? [], settings.find), [data, settings.find]);
  const large = all.filter((each) => !each.small && !each.system);
  const small = all.filter((each) => each.small && !each.system);
  const machine = all.filter((each) => each.system);
  const left = large.length - shown;
  const panel = ({ metric }: Fitting) => <Panel key={metric.name} {...shared} metric={metric} />;
  return (
    <div class="metrics">
      {failure && !data && <FailureNote failure={failure} />}
      {data && <Bar many={settings.find !== "" || large.length > AT_ONCE} settings={settings} set={set} />}
      {small.length > 0 && <div class="chart-cards">{small.map(panel)}</div>}
      <div class="chart-grid" data-columns="3">
        {large.slice(0, shown).map(panel)}
      </div>
      {data && !all.length && <Nothing find={settings.find} />}
      {left > 0 && (
        <button type="button" class="button more" onClick={() => show(shown + AT_ONCE)}>
          {widgetWords().more(Math.min(left, AT_ONCE))}
        </button>
      )}
      {machine.length > 0 && (
        <details open={machineOpen} onToggle={(event) => openMachine(event.currentTarget.open)}>
          <summary class="dim">{widgetWords().machine(machine.length)}</summary>
          {machineOpen && (
            <div class="chart-grid" data-columns="3">
              {machine.map(panel)}
            </div>
          )}
        </details>
      )}
    </div>
  );
}

function nothing(): void {
  // One run has one line in each chart: none stands out.
}

/** Only where there is something to choose: many charts to find one in, a zoom to leave. */
function Bar({ many, settings, set }: { many: boolean; settings: ChartSettings; set: (next: ChartSettings) => void }) {
  const { metrics, metrics_total: total } = useRoom().channel.state;
  const say = widgetWords();
  const shown = metrics.value?.length ?? 0;
  const all = total.value ?? shown;
  if (!many && !settings.range && all <= shown) return null;
  return (
    <div class="tools">
      {many && (
        <input
          class="field"
          type="search"
          aria-label={say.find}
          placeholder={say.find}
          value={settings.find}
          onInput={(event) => set({ ...settings, find: event.currentTarget.value })}
        />
      )}
      {all > shown && <span class="dim small">{say.capped(shown, all)}</span>}
      {settings.range && (
        <button type="button" class="button" onClick={() => set({ ...settings, range: null, yRanges: {} })}>
          {chartWords().reset}
        </button>
      )}
    </div>
  );
}

function Nothing({ find }: { find: string }) {
  const say = chartWords();
  return (
    <div class="nothing">
      <p>{find ? say.noMatch : say.noMetrics}</p>
      {!find && <p class="dim">{say.noMetricsHint}</p>}
    </div>
  );
}
