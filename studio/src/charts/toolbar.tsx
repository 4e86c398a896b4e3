/** What counts for all charts: x, smoothing, scale, outliers, linked zoom, charts in a row, which ones. */
import { useMemo, useRef, useState } from "preact/hooks";
import { useKeys } from "../base/keys";
import { fixed } from "../base/number";
import { Dialog } from "../ui/dialog";
import { Menu } from "../ui/menu";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import { type ChartSettings, refName, type SmoothingKind, type XKind, type YKind } from "./settings";

interface Props {
  settings: ChartSettings;
  onSettings: (settings: ChartSettings) => void;
  found: readonly Found[];
  onAdd: () => void;
  /** Whether the pattern is none that can be used. */
  wrong: boolean;
}

export function Toolbar({ settings, onSettings, found, onAdd, wrong }: Props) {
  const say = frameWords();
  const set = (changes: Partial<ChartSettings>) => onSettings({ ...settings, ...changes });
  const finder = useRef<HTMLInputElement>(null);
  const keys = useMemo(() => [{ keys: "f", does: say.find, run: () => finder.current?.focus() }], [say]);
  useKeys(say.charts, keys);
  return (
    <div class="chart-bar" role="toolbar" aria-label={say.charts}>
      <button type="button" class="button" onClick={onAdd}>
        {say.add}
      </button>
      <input
        type="search"
        class={wrong ? "field find wrong" : "field find"}
        placeholder={say.find}
        aria-label={say.find}
        aria-invalid={wrong}
        title={wrong ? say.badPattern : say.find}
        value={settings.find}
        ref={finder}
        onInput={(event) => set({ find: event.currentTarget.value })}
      />
      <XMenu settings={settings} set={set} found={found} />
      <Smoothing settings={settings} set={set} />
      <Menu
        label={`${say.named(say.y, say.scales[settings.y])}${settings.outliers ? `, ${say.noOutliers}` : ""} ▾`}
        items={[
          ...(["linear", "log", "symlog"] as YKind[]).map((y) => ({
            label: say.scales[y],
            checked: settings.y === y,
            run: () => set({ y }),
          })),
          { label: say.outliers, checked: settings.outliers, run: () => set({ outliers: !settings.outliers }) },
        ]}
      />
      <button
        type="button"
        class="button"
        aria-pressed={settings.linked}
        title={say.linked}
        onClick={() => set({ linked: !settings.linked })}
      >
        {say.linked}
      </button>
      {settings.range && (
        <button type="button" class="button" onClick={() => set({ range: null, yRanges: {} })}>
          {say.reset}
        </button>
      )}
      <Menu
        kind="columns-menu"
        label={`${say.perRow(settings.columns)} ▾`}
        items={([1, 2, 3, 4] as const).map((columns) => ({
          label: say.perRow(columns),
          checked: settings.columns === columns,
          run: () => set({ columns }),
        }))}
      />
    </div>
  );
}

type Set = (changes: Partial<ChartSettings>) => void;

/** Another x has other ends: what was zoomed to says nothing there. */
function XMenu({ settings, set, found }: { settings: ChartSettings; set: Set; found: readonly Found[] }) {
  const say = frameWords();
  const [asking, ask] = useState(false);
  const name = settings.x === "metric" ? (settings.xMetric?.metric ?? "") : say.axes[settings.x];
  const kinds: Exclude<XKind, "metric">[] = ["step", "index", "relative", "time"];
  return (
    <>
      <Menu
        kind="axis"
        label={<span class="cut">{say.named(say.x, name)} ▾</span>}
        items={[
          ...kinds.map((x) => ({
            label: say.axes[x],
            checked: settings.x === x,
            run: () => set({ x, range: null, yRanges: {} }),
          })),
          { label: say.otherMetric, checked: settings.x === "metric", run: () => ask(true) },
        ]}
      />
      {asking && (
        <Dialog title={say.chooseX} onClose={() => ask(false)}>
          <ul class="chart-names">
            {found.flatMap((metric) =>
              metric.columns
                .filter((column) => column.numeric)
                .map((column) => (
                  <li key={`${metric.name} ${column.name}`}>
                    <button
                      type="button"
                      class="button quiet"
                      onClick={() => {
                        ask(false);
                        set({
                          x: "metric",
                          xMetric: { metric: metric.name, column: column.name },
                          range: null,
                          yRanges: {},
                        });
                      }}
                    >
                      {refName({ metric: metric.name, column: column.name })}
                    </button>
                  </li>
                )),
            )}
          </ul>
        </Dialog>
      )}
    </>
  );
}

/** The slider goes from 0 to 1; each kind has its own measure. */
const MEASURES: Record<
  SmoothingKind,
  { to: (share: number) => number; from: (amount: number) => number; digits: number }
> = {
  ema: { to: (share) => Math.min(0.999, share), from: (amount) => amount, digits: 2 },
  time_ema: {
    to: (share) => Math.round(3600 ** share),
    from: (amount) => Math.log(amount) / Math.log(3600),
    digits: 0,
  },
  gaussian: { to: (share) => Math.round(200 ** share), from: (amount) => Math.log(amount) / Math.log(200), digits: 0 },
  running_mean: {
    to: (share) => Math.round(500 ** share),
    from: (amount) => Math.log(amount) / Math.log(500),
    digits: 0,
  },
};

export function Smoothing({ settings, set }: { settings: ChartSettings; set: Set }) {
  const say = frameWords();
  const kind = settings.smoothing?.kind ?? "ema";
  const { to, from, digits } = MEASURES[kind];
  const amount = settings.smoothing?.amount ?? 0;
  const share = settings.smoothing ? from(amount) : 0;
  const slide = (value: number) =>
    set({ smoothing: value > 0 ? { kind, amount: Number(to(value).toFixed(3)) } : null });
  const choose = (next: SmoothingKind) => set({ smoothing: { kind: next, amount: MEASURES[next].to(share || 0.6) } });
  return (
    <span class="chart-smoothing">
      <Menu
        label={`${say.smoothing} ▾`}
        kind="quiet"
        items={[
          { label: say.noSmoothing, checked: !settings.smoothing, run: () => set({ smoothing: null }) },
          ...(Object.keys(MEASURES) as SmoothingKind[]).map((each) => ({
            label: say.smoothings[each],
            checked: settings.smoothing?.kind === each,
            run: () => choose(each),
          })),
        ]}
      />
      <input
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={share}
        aria-label={say.amount}
        onInput={(event) => slide(event.currentTarget.valueAsNumber)}
      />
      <output>{fixed(amount, digits)}</output>
    </span>
  );
}
