/** The charts that are logged as such, in one piece of code: matrix, curves of a classifier, residuals, predicted against true. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { DASHES, type Ink, PALETTE } from "../../base/colour";
import { sentenceOf } from "../caption";
import type { Curve } from "../curve";
import type { BodyProps } from "../kind";
import { Plot } from "../plot";
import { HeldRange, padded } from "../range";
import { scale } from "../scale";
import { type Guide, type Scene, yScale } from "../scene";
import type { Range } from "../settings";
import { Columns } from "../upright";
import { chartWords } from "../words";
import { useZoom } from "../zoom";
import { accuracyCurves, accuracyTable, CHARTS, type ChartName, GUIDES, type Points } from "./accuracy";
import { useDocument } from "./document";
import { cut, predictions, residuals } from "./forms";

export { Matrix } from "./matrix";

const OPTIONS = 28;

function curveOf(label: string, ink: Ink, { x, y }: Points, band?: readonly number[]): Curve {
  const xs = Float64Array.from(x);
  return {
    run: null,
    label,
    ink,
    x: xs,
    y: Float64Array.from(y),
    low: band ? Float64Array.from(y, (each, index) => each - band[index]!) : null,
    high: band ? Float64Array.from(y, (each, index) => each + band[index]!) : null,
    band: band && "error",
    count: null,
    smooth: null,
    width: 0,
    exact: true,
    sorted: xs.every((each, index) => index === 0 || each >= xs[index - 1]!),
    n: x.length,
    nonfinite: 0,
    total: x.length,
    error: null,
  };
}

interface DrawingProps extends Pick<BodyProps, "handle" | "height" | "actions"> {
  curves: readonly Curve[];
  guides: readonly Guide[];
  x: Range;
  y: Range | null;
  xName: string;
  title: string;
}

/** Lines that are there whole, with those to compare with. */
function Drawing({ curves, guides, x, y, xName, title, handle, height, actions }: DrawingProps) {
  const held = useMemo(() => new HeldRange(), []);
  const zoom = useZoom(null);
  const highlight = useSignal<string | null>(null);
  const scene = useMemo<Scene>(() => {
    const range = zoom.x ?? x;
    const wish = {
      curves,
      x: range,
      y: "linear" as const,
      style: "line" as const,
      yRange: zoom.y ?? (zoom.x ? null : y),
    };
    const ys = yScale({ ...wish, key: `${title} ${zoom.x}` }, held);
    return { curves, guides, x: scale("linear", range), xKind: "metric", xName, y: ys, style: "line" };
  }, [curves, zoom, xName]);
  useEffect(() => {
    handle.table = null;
    handle.scene = scene;
  }, [scene]);
  return (
    <div style={{ height: `${height}px` }}>
      <Plot
        scene={scene}
        height={height}
        zoom={zoom}
        sentence={sentenceOf(scene, title)}
        highlight={highlight}
        onHighlight={(name) => (highlight.value = name)}
        actions={actions}
        onCanvas={(canvas) => (handle.canvas = canvas)}
      />
    </div>
  );
}

const AVERAGES = ["weighted", "macro", "micro"] as const;

const AXES: Record<ChartName, readonly ["fpr" | "recall" | "percentile" | "threshold", string]> = {
  roc: ["fpr", "tpr"],
  precisionRecall: ["recall", "precision"],
  gains: ["percentile", "gain"],
  lift: ["percentile", "lift"],
  calibration: ["threshold", "positives"],
};

function inkOf(index: number): Ink {
  const dash = DASHES[Math.floor(index / PALETTE.length) % DASHES.length]!;
  return { colour: PALETTE[index % PALETTE.length]!, dash };
}

/** The five charts of an accuracy table; averages are drawn, classes when they are chosen. */
export function Accuracy(props: BodyProps) {
  const { form, chooser, instead } = useDocument(props, accuracyTable);
  const [chart, setChart] = useState<ChartName>("roc");
  const [shown, setShown] = useState<readonly string[]>(AVERAGES);
  const say = chartWords();
  const { handle, height } = props;
  const curves = useMemo(() => {
    if (!form) return [];
    const found = accuracyCurves(chart, form);
    const averages = AVERAGES.map((name, index) => ({
      id: name as string,
      label: say[name],
      points: found[name],
      index,
    }));
    const classes = form.labels.map((label, index) => ({
      id: `class ${index}`,
      label: say.ofClass(cut(label, 18)),
      points: found.classes[index]!,
      index: index + AVERAGES.length,
    }));
    return [...averages, ...classes]
      .filter((each) => shown.includes(each.id))
      .map((each) => curveOf(each.label, inkOf(each.index), each.points));
  }, [form, chart, shown, say]);
  const [xName, yName] = AXES[chart];
  useEffect(() => {
    if (form) handle.note.value = `${say[xName]} → ${say[yName as "tpr"]}`;
  }, [form, chart, say]);
  if (!form) return instead;
  const turn = (id: string) => setShown(shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id]);
  const choice = (id: string, label: string) => (
    <label key={id}>
      <input type="checkbox" checked={shown.includes(id)} onChange={() => turn(id)} /> {label}
    </label>
  );
  const guides = GUIDES[chart].map(({ name, x, y }) => ({
    label: say[name],
    x: Float64Array.from(x),
    y: Float64Array.from(y),
  }));
  return (
    <>
      <div class="chart-options">
        {chooser}
        <select
          class="field"
          aria-label={say.chart}
          value={chart}
          onChange={(event) => setChart(event.currentTarget.value as ChartName)}
        >
          {CHARTS.map((name) => (
            <option key={name} value={name}>
              {say[name]}
            </option>
          ))}
        </select>
        <details class="chart-choice">
          <summary class="button">{say.classes} ▾</summary>
          <div class="menu">
            {AVERAGES.map((name) => choice(name, say[name]))}
            {form.labels.map((label, index) => choice(`class ${index}`, say.ofClass(cut(label, 18))))}
          </div>
        </details>
      </div>
      <Drawing
        key={chart}
        curves={curves}
        guides={guides}
        x={[0, 1]}
        y={chart === "lift" ? null : [-0.02, 1.04]}
        xName={say[xName]}
        title={`${props.metric.name}, ${say[chart]}`}
        handle={handle}
        height={height - OPTIONS}
        actions={props.actions}
      />
    </>
  );
}

export function Residuals(props: BodyProps) {
  const { form, chooser, instead } = useDocument(props, residuals);
  const say = chartWords();
  const bins = useMemo(
    () => (form?.counts ?? []).map((count, bin) => ({ from: form!.edges[bin]!, to: form!.edges[bin + 1]!, count })),
    [form],
  );
  useEffect(() => {
    if (!form) return;
    props.handle.note.value = `${say.residual} → ${say.frequency}`;
    props.handle.table = () => [[say.from, say.to, say.frequency], ...bins.map((bin) => [bin.from, bin.to, bin.count])];
  }, [form, say]);
  if (!form) return instead;
  return (
    <>
      {chooser}
      <Columns bins={bins} height={props.height - (chooser ? OPTIONS + 4 : 0)} name={props.metric.name} />
    </>
  );
}

/** The mean prediction of each bin of true values with its error, and how many values there are below. */
export function Predictions(props: BodyProps) {
  const { form, chooser, instead } = useDocument(props, predictions);
  const say = chartWords();
  const { handle, height, metric } = props;
  const curves = useMemo(
    () => (form ? [curveOf(say.predictedTrue, inkOf(0), { x: form.centres, y: form.averages }, form.errors)] : []),
    [form, say],
  );
  useEffect(() => {
    if (form) handle.note.value = `${say.true} → ${say.predicted}`;
  }, [form, say]);
  if (!form) return instead;
  const [low, high] = [form.edges[0]!, form.edges[form.edges.length - 1]!];
  const ends = Float64Array.of(low, high);
  const below = Math.max(48, Math.round(height * 0.26));
  const bins = form.counts.map((count, bin) => ({ from: form.edges[bin]!, to: form.edges[bin + 1]!, count }));
  const reached = form.averages.flatMap((each, bin) => [each - form.errors[bin]!, each + form.errors[bin]!]);
  const y = padded([Math.min(low, ...reached), Math.max(high, ...reached)], "linear", 0.02);
  return (
    <>
      {chooser}
      <Drawing
        curves={curves}
        guides={[{ label: say.ideal, x: ends, y: ends }]}
        x={[low, high]}
        y={y}
        xName={say.true}
        title={metric.name}
        handle={handle}
        height={height - below - (chooser ? OPTIONS + 4 : 0)}
        actions={props.actions}
      />
      <Columns bins={bins} height={below} name={say.frequency} bare />
    </>
  );
}
