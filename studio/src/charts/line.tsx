/** Lines over runs: of one metric, of several, or of one column over another; the server's buckets or the points themselves. */
import { useContext, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { FailureNote } from "../ui/failure";
import { asks } from "./asking";
import { noteOf, sentenceOf } from "./caption";
import { type Bearer, type Curve, curves as curvesOf, reach } from "./curve";
import { drawnOf, keyOf } from "./drawn";
import { useHeldScene } from "./held-scene";
import type { BodyProps, Drawn } from "./kind";
import type { Style } from "./paint";
import { Plot } from "./plot";
import { HeldRange } from "./range";
import { scale } from "./scale";
import { type Scene, yScale } from "./scene";
import type { Slot } from "./screen";
import { ScreenContext } from "./screen-context";
import type { ChartSettings, MetricRef, Range } from "./settings";
import { useWidth } from "./width";
import { chartWords } from "./words";
import { useZoom } from "./zoom";

export interface LinesProps extends BodyProps {
  refs: readonly MetricRef[];
  style: Style;
  /** x, if it is not the one of the page. */
  own?: { kind: ChartSettings["x"]; ref?: MetricRef };
}

function useSlot(seen: boolean): Slot {
  const screen = useContext(ScreenContext)!;
  const slot = useMemo(() => screen.slot(), [screen]);
  useEffect(() => () => slot.leave(), [slot]);
  useEffect(() => slot.see(seen), [slot, seen]);
  return slot;
}

function useCurves(props: LinesProps, drawn: Drawn, zoom: ReturnType<typeof useZoom>, width: number) {
  const { settings, seen, own } = props;
  const raw = useSlot(seen);
  const smooth = useSlot(seen);
  const x = own ?? { kind: settings.x, ...(settings.xMetric ? { ref: settings.xMetric } : {}) };
  const { series, groups } = drawn;
  const wish = { series, x, range: zoom.x, smoothing: own ? null : settings.smoothing, groups, width };
  const asked = asks(wish);
  // Before anything is painted: the answer is made meanwhile.
  useLayoutEffect(() => {
    raw.want(width && drawn.series.length ? asked.raw : null);
    smooth.want(width && drawn.series.length ? asked.smooth : null);
  });
  const { frame, chart, failure } = raw.shown.value;
  const old = chart !== undefined && JSON.stringify(chart) !== JSON.stringify(asked.raw);
  const other = asked.smooth ? smooth.shown.value.frame : undefined;
  const bearers = drawn.groups.length ? drawn.groups.map((each) => each.bearer) : drawn.bearers;
  const inks = bearers.map((each) => `${each.label} ${each.ink.colour} ${each.ink.dash} ${each.of}`).join("\n");
  const found = useMemo<Curve[]>(() => {
    if (!frame) return [];
    if (drawn.groups.length) return props.handle.grouped?.(frame, bearers) ?? [];
    // While another set of runs is on its way, the answer that is there belongs to the one before.
    const byRun = new Map(
      drawn.bearers.map((each, index) => [keyOf(drawn.series[index]!.run, drawn.series[index]!.ref), each]),
    );
    const asked = frame.series.map((each) => byRun.get(keyOf(each.run, each)) ?? null);
    const made = curvesOf(
      frame,
      asked.map((each) => each ?? UNKNOWN),
      other?.series.length === frame.series.length ? other : undefined,
    );
    return made.filter((_, index) => asked[index]);
  }, [frame, other, inks]);
  return { curves: found, frame, old, failure, kind: x.kind };
}

const UNKNOWN: Bearer = { run: null, label: "", ink: { colour: "gray", dash: [] } };

/** x is one for all linked charts, and y of each its own. */
function sharedZoom({ settings, onSettings, spec, metric }: LinesProps) {
  const id = spec?.id ?? metric.name;
  const { [id]: own, ...others } = settings.yRanges;
  return {
    x: settings.range,
    y: own ?? null,
    set: (range: Range | null, y: Range | null) =>
      onSettings({ ...settings, range, yRanges: { ...others, ...(y && { [id]: y }) } }),
  };
}

export function Lines(props: LinesProps) {
  const { metric, settings, choice, style, own, refs, height, handle } = props;
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const held = useMemo(() => new HeldRange(), []);
  const linked = settings.linked && !own;
  const zoom = useZoom(linked ? sharedZoom(props) : null);
  const drawn = drawnOf(props, handle.gather);
  const { curves, frame, old, failure, kind } = useCurves(props, drawn, zoom, width);
  const yKind = choice.y ?? settings.y;
  const xName = own?.ref?.column ?? settings.xMetric?.metric ?? "";
  const next = useMemo<Scene | null>(() => {
    if (!frame) return null;
    const x = zoom.x ?? reach(frame, kind);
    const names = curves.map((each) => each.label).join();
    const key = `${zoom.x ?? "all"} ${yKind} ${settings.outliers} ${kind} ${JSON.stringify(settings.smoothing)} ${names}`;
    const y = yScale(
      { curves, x, y: yKind, within: settings.outliers ? handle.within : undefined, yRange: zoom.y, key, style },
      held,
    );
    const outliers = settings.outliers && !zoom.y;
    return { curves, x: scale("linear", x), xKind: kind, xName, y, style, outliers, unit: handle.unit?.(metric.name) };
  }, [curves, frame, zoom, yKind, settings.outliers, style, xName]);
  const scene = useHeldScene(next, old && !failure);
  const yName = refs.length === 1 && refs[0]!.column !== "value" ? refs[0]!.column : metric.name;
  useEffect(() => {
    if (!scene || !frame) return;
    handle.note.value = noteOf(scene, frame, own ? yName : "", zoom.x !== null, handle.remarks?.(scene));
    handle.table = null;
    handle.scene = scene;
  }, [scene]);
  return (
    <div class="chart-lines" ref={element} style={{ height: `${height}px` }}>
      {failure && !frame && <FailureNote failure={failure} />}
      {scene?.curves.every((each) => !each.x.length) && <Nothing curves={scene.curves} />}
      {scene && (
        <Plot
          scene={scene}
          height={height}
          zoom={zoom}
          sentence={sentenceOf(scene, metric.name)}
          highlight={props.seen ? props.highlight : null}
          onHighlight={props.onHighlight}
          {...(linked ? { pointer: props.pointer } : {})}
          actions={props.actions}
          onCanvas={(canvas) => (handle.canvas = canvas)}
        />
      )}
    </div>
  );
}

function Nothing({ curves }: { curves: readonly Curve[] }) {
  const said = curves.find((each) => each.error)?.error;
  return <p class="chart-nothing dim">{said ?? chartWords().noPoints}</p>;
}
