/** A chart that is drawn, pointed at, zoomed and read out: a canvas with a tooltip, for mouse and keyboard alike. */
import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { language } from "../base/language";
import { isDark } from "../base/theme";
import type { Colours, Host } from "./easel";
import { Engine } from "./engine";
import { KeySheetContext } from "./key-sheet-context";
import { nameOf } from "./paint";
import { type Actions, type PlotKey, plotKeys } from "./plot-keys";
import { type Hovered, pointed } from "./pointing";
import { projection } from "./scale";
import type { Scene } from "./scene";
import { Tooltip, told } from "./tooltip";
import type { Zoom } from "./zoom";

/** Where somebody points, for the charts that are linked. */
export interface Pointer {
  from: object;
  kind: string;
  x: number;
}

interface Props {
  scene: Scene;
  height: number;
  zoom: Zoom;
  /** What the canvas says to those who do not see it. */
  sentence: string;
  /** The line that stands out; null of a chart that nobody sees. */
  highlight: ReadonlySignal<string | null> | null;
  onHighlight: (name: string | null) => void;
  pointer?: Signal<Pointer | null>;
  actions?: Actions;
  /** Where the canvas is found for saving. */
  onCanvas?: (canvas: HTMLCanvasElement | null) => void;
}

/** A line is meant when the pointer is no farther from it. */
const NEAR = 26;
/** And when it rests: lines that it only crosses do not make all charts be drawn again. */
const REST_MS = 50;

/** Of how a chart is coloured: a look at it has the page's styles worked out, which a zoom would wait for each time. */
const COLOURS_MS = 1_000;

function coloursOf(probe: HTMLElement): Colours {
  const style = getComputedStyle(probe);
  return { text: style.color, grid: style.borderTopColor, axis: style.backgroundColor, font: style.fontFamily };
}

/** The colours of a chart, looked up again when the page turns dark or light, and now and then. */
function useColours(dark: boolean): (probe: HTMLElement) => Colours {
  const known = useRef<{ colours: Colours; dark: boolean; at: number } | null>(null);
  return (probe) => {
    const now = performance.now();
    if (known.current?.dark !== dark || now - known.current.at > COLOURS_MS)
      known.current = { colours: coloursOf(probe), dark, at: now };
    return known.current.colours;
  };
}

export function Plot(props: Props) {
  const { scene, height, sentence, highlight } = props;
  const root = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const engine = useRef<Engine | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const hovered = useSignal<Hovered | null>(null);
  const focused = useSignal(false);
  const dark = isDark();
  const speaking = language.value;
  const colours = useColours(dark);

  const Sheet = useContext(KeySheetContext);
  const host = useMemo(() => hostOf(latest, engine, hovered), []);
  useLayoutEffect(() => {
    const element = root.current!;
    const { clientWidth } = element;
    const made = new Engine(element, host, scene, colours(probe.current!), clientWidth, height);
    engine.current = made;
    made.canvas.setAttribute("aria-hidden", "true");
    latest.current.onCanvas?.(made.canvas);
    const watch = new ResizeObserver(() => made.resize(element.clientWidth, latest.current.height));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      engine.current = null;
      latest.current.onCanvas?.(null);
    };
  }, []);
  useLayoutEffect(() => {
    engine.current?.show(scene, colours(probe.current!));
  }, [scene, dark, speaking]);
  useEffect(() => highlight?.subscribe((name) => engine.current?.emphasise(name)), [highlight]);
  useEffect(() => {
    // What is pointed at is looked for again: points came, or another part is seen.
    // When the picture rests: to measure the tooltip has the page laid out, which would hold up what is drawn next.
    const resting = setTimeout(() => host.again(), 2 * REST_MS);
    return () => clearTimeout(resting);
  }, [scene]);
  useEffect(() => engine.current?.resize(root.current!.clientWidth, height), [height]);
  usePointer(props.pointer, latest, engine, hovered);

  const keys = useMemo(() => plotKeys(latest, engine, hovered), []);
  return (
    <div
      class="chart-plot"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its points are read with the arrow keys
      tabIndex={0}
      role="img"
      aria-label={sentence}
      style={{ height: `${height}px` }}
      onFocus={() => (focused.value = true)}
      onBlur={() => {
        if (document.querySelector("dialog[open]")) return; // such as the sheet that shows these keys
        focused.value = false;
        hovered.value = null;
      }}
      onKeyDown={(event) => pressed(event, keys)}
      onPointerLeave={() => host.onPointer(null)}
    >
      <span class="probe" ref={probe} hidden />
      <div ref={root} class="canvas" />
      {focused.value && Sheet && <Sheet keys={keys} />}
      {hovered.value && engine.current && <Tooltip hovered={hovered.value} scene={scene} easel={engine.current} />}
      {focused.value && (
        <span class="unseen" aria-live="polite">
          {hovered.value ? told(hovered.value, scene) : ""}
        </span>
      )}
    </div>
  );
}

function pressed(event: KeyboardEvent, keys: readonly PlotKey[]): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const name = event.shiftKey && /^([a-z]|.{2,})$/.test(plain) ? `Shift+${plain}` : plain;
  const key = keys.find((each) => each.keys === name);
  if (!key) return;
  event.preventDefault();
  key.run();
}

type Latest = { current: Props };
type EngineRef = { current: Engine | null };

function hostOf(latest: Latest, engine: EngineRef, hovered: Signal<Hovered | null>): Host & { again: () => void } {
  let last: Parameters<Host["onPointer"]>[0] = null;
  let meant: string | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  return {
    /** What was pointed at before the picture became another. */
    again() {
      const at = hovered.peek() ?? last;
      if (at && engine.current) hovered.value = look(engine.current, latest.current.scene, at);
    },
    onPointer(at) {
      last = at;
      const { scene, onHighlight, pointer } = latest.current;
      const found = at && engine.current ? look(engine.current, scene, at) : null;
      hovered.value = found?.points.length ? found : null;
      if (!at) engine.current?.cursor(null);
      const nearest = found?.points[0];
      const name = nearest && nearest.distance < NEAR && scene.curves.length > 1 ? nameOf(nearest.curve) : null;
      if (name !== meant) {
        meant = name;
        clearTimeout(resting);
        resting = setTimeout(() => onHighlight(name), REST_MS);
      }
      if (!pointer || !engine.current) return;
      if (found) pointer.value = { from: latest, kind: scene.xKind, x: found.x };
      else if (pointer.peek()?.from === latest) pointer.value = null;
    },
    onSelect(x, y) {
      hovered.value = null;
      // Who drags means a part of x, not a line that was crossed.
      clearTimeout(resting);
      if (meant !== null) latest.current.onHighlight(null);
      meant = null;
      latest.current.zoom.set(x, y ?? latest.current.zoom.y);
    },
    onBack: () => latest.current.zoom.back(),
    onWheel(x, factor) {
      const [from, to] = latest.current.scene.x.range;
      latest.current.zoom.set([x - (x - from) * factor, x + (to - x) * factor], latest.current.zoom.y);
    },
  };
}

/** What is pointed at; the cursor stands where the point stands that is read out, and not beside it. */
function look(engine: Engine, scene: Scene, { left, top }: { left: number; top: number }): Hovered & { x: number } {
  const { width, height } = engine.area;
  const [px, py] = [projection(scene.x, 0, width), projection(scene.y, height, 0)];
  const points = pointed(scene.curves, px, py, engine.toX(left), left, top);
  const x = points[0] ? points[0].curve.x[points[0].index]! : engine.toX(left);
  engine.cursor(x);
  return { points, left, top, x };
}

/** The cursor of the other linked charts follows. */
function usePointer(
  pointer: Signal<Pointer | null> | undefined,
  latest: Latest,
  engine: EngineRef,
  hovered: Signal<Hovered | null>,
): void {
  useEffect(
    () =>
      pointer?.subscribe((found) => {
        if (found?.from === latest || hovered.peek()) return;
        engine.current?.cursor(found && found.kind === latest.current.scene.xKind ? found.x : null);
      }),
    [pointer],
  );
}
