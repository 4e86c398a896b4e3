/** One figure of each run - last, minimum, maximum, mean or first value - as bars, or as points against a parameter. */
import { useEffect, useMemo } from "preact/hooks";
import { FailureNote } from "../ui/failure";
import { sentenceOf } from "./caption";
import type { Curve } from "./curve";
import { figure } from "./figure";
import { frameWords } from "./frame-words";
import { type Bar, HBars } from "./hbars";
import type { BodyProps, Kind, Line } from "./kind";
import { useLoaded } from "./loaded";
import { withoutOutliers } from "./outliers";
import { Plot } from "./plot";
import { HeldRange, padded } from "./range";
import { scale } from "./scale";
import { type Scene, yScale } from "./scene";
import { Scrolled } from "./scrolled";
import type { MetricRef, Range, Show } from "./settings";
import type { RunFigures } from "./source";
import { useZoom } from "./zoom";

interface Figure {
  line: Line;
  ref: MetricRef;
  value: number;
  param: unknown;
}

function useFigures(lines: readonly Line[], refs: readonly MetricRef[], seen: boolean) {
  const runs = lines.map((line) => line.run);
  const key = `${refs.map((ref) => `${ref.metric}\n${ref.column}`).join("\n")}\n${runs.join("\n")}`;
  const wanted = useMemo(() => new Set(runs), [key]);
  return useLoaded<RunFigures[]>(seen && runs.length ? key : null, wanted, (source) => source.figures(runs, refs))
    .value;
}

function figuresOf(props: BodyProps, refs: readonly MetricRef[], show: Show, found: readonly RunFigures[]): Figure[] {
  const byRun = new Map(found.map((each) => [each.run, each]));
  const against = props.spec?.against ?? null;
  return props.lines.flatMap((line) =>
    refs.map((ref, index) => {
      const own = byRun.get(line.run);
      const param = against === null ? undefined : own?.params[against];
      return { line, ref, value: figure(own?.summaries[index], show), param };
    }),
  );
}

function Runs(props: BodyProps) {
  const { spec, metric, handle, lines } = props;
  const refs = spec?.metrics ?? [{ metric: metric.name, column: metric.columns[0]?.name ?? "value" }];
  const show = spec?.show ?? "last";
  const { data, failure } = useFigures(lines, refs, props.seen);
  const all = useMemo(() => figuresOf(props, refs, show, data ?? []), [data, lines, show]);
  const there = all.filter((each) => !Number.isNaN(each.value));
  const against = spec?.against ?? null;
  const numeric = against !== null && there.some((each) => typeof each.param === "number");
  useEffect(() => {
    if (!data) return;
    const say = frameWords();
    const missing = all.length - there.length;
    const parts = [!spec && say.short[show], say.runs(new Set(there.map((each) => each.line.run)).size)];
    handle.note.value = [...parts, missing && say.notNumber(missing)].filter(Boolean).join(" · ");
    const names = [say.run, ...(against ? [against] : []), say.column, say.shows[show]];
    handle.table = () => [
      names,
      ...there.map(({ line, ref, value, param }) => [
        line.label,
        ...(against ? [typeof param === "number" ? param : String(param ?? "")] : []),
        ref.metric,
        value,
      ]),
    ];
  }, [all]);
  if (failure && !data) return <FailureNote failure={failure} />;
  if (!data) return <div style={{ height: `${props.height}px` }} />;
  if (numeric) return <Against {...props} figures={there} name={against} />;
  const label = (each: Figure) =>
    [each.line.label, refs.length > 1 && each.ref.metric, each.param !== undefined && String(each.param)]
      .filter(Boolean)
      .join(" · ");
  const bars: Bar[] = there.map((each) => ({
    key: `${each.line.run} ${each.ref.metric}`,
    label: label(each),
    value: each.value,
    ink: each.line.ink,
    run: each.line.run,
  }));
  return (
    <Scrolled label={props.title} height={props.height}>
      <HBars bars={bars} caption={props.title} highlight={props.highlight} onHighlight={props.onHighlight} />
    </Scrolled>
  );
}

function pointCurve({ line, ref, value, param }: Figure, many: boolean): Curve {
  return {
    run: line.run,
    label: many ? `${line.label} · ${ref.metric}` : line.label,
    ink: line.ink,
    x: Float64Array.of(Number(param)),
    y: Float64Array.of(value),
    low: null,
    high: null,
    count: null,
    smooth: null,
    width: 0,
    exact: true,
    sorted: true,
    n: 1,
    nonfinite: 0,
    total: 1,
    error: null,
  };
}

function Against({ figures, name, ...props }: BodyProps & { figures: readonly Figure[]; name: string }) {
  const held = useMemo(() => new HeldRange(), []);
  const zoom = useZoom(null);
  const { settings, choice, handle } = props;
  const kind = choice.y ?? settings.y;
  const scene = useMemo<Scene>(() => {
    const numbers = figures.filter((each) => typeof each.param === "number");
    const curves = numbers.map((each) => pointCurve(each, (props.spec?.metrics.length ?? 1) > 1));
    const xs = curves.map((curve) => curve.x[0]!);
    // Parameters such as learning rates lie powers of ten apart.
    const log = xs.length > 1 && Math.min(...xs) > 0 && Math.max(...xs) / Math.min(...xs) >= 50;
    const own: Range = padded([Math.min(...xs), Math.max(...xs)], log ? "log" : "linear");
    const x = scale(log ? "log" : "linear", zoom.x ?? own);
    const key = `${kind} ${zoom.x}`;
    const y = yScale(
      { curves, x: x.range, y: kind, within: settings.outliers ? withoutOutliers : undefined, yRange: zoom.y, key },
      held,
    );
    return { curves, x, xKind: "metric", xName: name, y, style: "points" };
  }, [figures, zoom, kind, settings.outliers]);
  useEffect(() => {
    handle.scene = scene;
  }, [scene]);
  return (
    <div style={{ height: `${props.height}px` }}>
      <Plot
        scene={scene}
        height={props.height}
        zoom={zoom}
        sentence={sentenceOf(scene, props.title)}
        highlight={props.highlight}
        onHighlight={props.onHighlight}
        actions={props.actions}
        onCanvas={(canvas) => (handle.canvas = canvas)}
      />
    </div>
  );
}

export const runs: Kind = {
  form: "runs",
  // Of a metric that every run logged once there is nothing to draw a line through.
  score: ({ kind, rows, columns }, count) =>
    count > 1 && columns.length === 1 && columns[0]!.numeric && (kind === "scalar" || kind === "list")
      ? rows === 1
        ? 100
        : 20
      : 0,
  Body: Runs,
};
