/** Parallel coordinates: a line for each run over axes side by side, of which ranges are chosen and which are put in order. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { save } from "../../base/clipboard";
import { isDark } from "../../base/theme";
import { Menu, type MenuItem } from "../../ui/menu";
import { attempt } from "../../ui/toast";
import { csv } from "../caption";
import { Legend } from "../legend";
import { type Axis, axisOf, type Column } from "./axis";
import { AxisView } from "./axis-view";
import { type Brush, passing } from "./brush";
import { Canvases } from "./canvas";
import { type Choice, moved, OWN, withPart } from "./choice";
import { LINES } from "./draw";
import { arranged, layoutOf } from "./layout";
import { ColourLegend } from "./legend";
import { nearest } from "./nearest";
import "./parallel.css";
import { lookOf, pngOf, svgOf } from "./save";
import { countOf, type Line, type Scene } from "./scene";
import { LinesTable } from "./table";
import { sentenceOf, tableOf } from "./text";
import { Tip } from "./tip";
import { parallelWords } from "./words";

export interface ParallelProps {
  lines: readonly Line[];
  /** In the order in which they stand, each with a value for each line. */
  columns: readonly Column[];
  /** The axis of colour, or `OWN`. */
  colour: string;
  choice: Choice;
  /** What was chosen, and whether it slides, as while something is dragged. */
  onChoice: (choice: Choice, how: "push" | "slide") => void;
  onOpen: (line: Line) => void;
  /** More of the menu of an axis. */
  extras?: (column: Column) => readonly MenuItem[];
}

/** A press that moves less is a click. */
const CLICK = 4;

interface Pointed {
  line: number;
  /** Where its figures are told; nowhere when its name is pointed at. */
  at: { x: number; y: number } | null;
}

const pointedAt = (lines: readonly Line[], run: string | null): Pointed | null =>
  run === null ? null : { line: lines.findIndex((line) => line.run === run), at: null };

/** The axes of these columns; kept while nothing of them changes. */
export function useAxes(columns: readonly Column[], logs: Choice["logs"]): readonly Axis[] {
  return useMemo(() => columns.map((column) => axisOf(column, logs[column.id])), [columns, JSON.stringify(logs)]);
}

export function ParallelCoordinates(props: ParallelProps) {
  const { lines, columns, choice, onChoice } = props;
  const say = parallelWords();
  const frame = useRef<HTMLElement>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const [dragged, setDragged] = useState<{ id: string; x: number } | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [tableOpen, openTable] = useState(false);
  const axes = useAxes(columns, choice.logs);
  const dark = isDark();
  useLayoutEffect(() => {
    const element = frame.current!.querySelector(".parallel-scroll")!;
    const measure = () => setBox({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const layout = useMemo(() => layoutOf(axes, box.width, box.height), [axes, box]);
  const scene = useMemo<Scene>(() => {
    const ids = axes.map((axis) => axis.id);
    const { order, lefts } = arranged(ids, layout, dragged && ids.includes(dragged.id) ? dragged : null);
    const pass = passing(axes, choice.brushes, lines.length);
    return {
      layout,
      axes: order.map((id) => axes.find((axis) => axis.id === id)!),
      lefts: order.map((id) => lefts.get(id)!),
      lines,
      pass,
      passed: countOf(pass),
      colour: axes.find((axis) => axis.id === props.colour) ?? null,
      dark,
    };
  }, [axes, layout, lines, choice.brushes, props.colour, dragged, dark]);
  const hovered = pointed && pointed.line < lines.length && scene.pass[pointed.line] ? pointed : null;
  const brush = (id: string, next: Brush | null, how: "push" | "slide") =>
    onChoice({ ...choice, brushes: withPart(choice.brushes, id, next) }, how);
  const marks = useMemo(() => lines.map(({ run, label, ink }) => ({ key: run, label, ink })), [lines]);
  const menus = useMenus(frame, props, axes);
  const pressed = useRef<{ x: number; y: number } | null>(null);

  return (
    <figure class="chart parallel" ref={frame}>
      <figcaption>
        <span class="chart-title cut">{say.title}</span>
        <span class="chart-note cut dim">{noteOf(scene)}</span>
        <ColourLegend axis={scene.colour} />
        <Menu
          kind="quiet"
          label="⋯"
          title={say.menu}
          items={[{ label: say.asTable, run: () => openTable(true) }, ...filesOf(scene, () => frame.current!)]}
        />
      </figcaption>
      {!scene.colour && <Legend marks={marks} onHighlight={(run) => setPointed(pointedAt(lines, run))} />}
      <section
        class="parallel-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        tabIndex={0}
        aria-label={say.scrolled}
      >
        {box.width > 0 && (
          <div
            class={hovered ? "plane pointed" : "plane"}
            style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
            {...pointing(scene, dragged !== null, pressed, setPointed, props.onOpen)}
          >
            <Canvases scene={scene} hovered={hovered?.line ?? -1} sentence={sentenceOf(scene)} />
            {/* While one is dragged the elements stay in their order: one that is moved lets go of the pointer. */}
            {axes.map((axis, index) => (
              <AxisView
                key={axis.id}
                axis={axis}
                layout={layout}
                left={scene.lefts[scene.axes.indexOf(axis)]!}
                brush={choice.brushes[axis.id]}
                dragged={dragged?.id === axis.id}
                items={() => menus(axis, index)}
                onBrush={(next, how) => brush(axis.id, next, how ?? "push")}
                onDrag={(x, end) => {
                  setPointed(null);
                  setDragged(end ? null : { id: axis.id, x });
                  const { order } = arranged(
                    axes.map((each) => each.id),
                    layout,
                    { id: axis.id, x },
                  );
                  if (end) onChoice({ ...choice, axes: order }, "push");
                }}
              />
            ))}
          </div>
        )}
      </section>
      {hovered?.at && !dragged && <Tip scene={scene} line={hovered.line} at={hovered.at} />}
      {tableOpen && <LinesTable scene={scene} onClose={() => openTable(false)} />}
    </figure>
  );
}

/** How many there are, and what of them is no line. */
function noteOf({ lines, axes, passed }: Scene): string {
  const say = parallelWords();
  const behind = lines.length - passed;
  return [
    `${say.runs(lines.length)} · ${say.axes(axes.length)}`,
    passed > LINES && say.density(passed),
    behind > LINES && say.behind(behind),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The menu of an axis. What moves an axis keeps the focus on its name. */
function useMenus(frame: { current: HTMLElement | null }, props: ParallelProps, axes: readonly Axis[]) {
  const focus = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (!focus.current) return;
    const found = [...frame.current!.querySelectorAll<HTMLElement>("[data-axis]")];
    found
      .find((each) => each.dataset.axis === focus.current)
      ?.querySelector("button")
      ?.focus();
    focus.current = null;
  });
  return (axis: Axis, index: number): MenuItem[] => {
    const say = parallelWords();
    const { choice, colour, onChoice, extras } = props;
    const { id } = axis;
    const ids = axes.map((each) => each.id);
    const set = (changes: Partial<Choice>) => onChoice({ ...choice, ...changes }, "push");
    const move = (to: number) => {
      focus.current = id;
      set({ axes: moved(ids, id, to) });
    };
    const scaled = (log: boolean): MenuItem => ({
      label: log ? say.log : say.linear,
      checked: (axis.scale.kind === "log") === log,
      disabled: log && !axis.loggable,
      run: () => set({ logs: withPart(choice.logs, id, log) }),
    });
    return [
      ...(extras?.(axis) ?? []),
      ...(axis.kind === "number" ? [scaled(false), scaled(true)] : []),
      { label: say.colour, checked: colour === id, run: () => set({ colour: colour === id ? OWN : id }) },
      { label: say.left, disabled: index === 0, run: () => move(index - 1) },
      { label: say.right, disabled: index === ids.length - 1, run: () => move(index + 1) },
      ...(choice.brushes[id]
        ? [{ label: say.clear, run: () => set({ brushes: withPart(choice.brushes, id, null) }) }]
        : []),
      {
        label: say.hide,
        disabled: ids.length < 2,
        run: () => set({ axes: ids.filter((each) => each !== id), brushes: withPart(choice.brushes, id, null) }),
      },
    ];
  };
}

function filesOf(scene: Scene, frame: () => HTMLElement): MenuItem[] {
  const say = parallelWords();
  const png = async () => save("parallel.png", await pngOf(scene, lookOf(frame())), "image/png");
  return [
    { label: say.png, run: () => void attempt(png) },
    { label: say.svg, run: () => save("parallel.svg", svgOf(scene, lookOf(frame())), "image/svg+xml") },
    { label: say.csv, run: () => save("parallel.csv", csv(tableOf(scene)), "text/csv") },
  ];
}

/** Which line is meant, and that a press on it opens its run. */
function pointing(
  scene: Scene,
  dragging: boolean,
  pressed: { current: { x: number; y: number } | null },
  point: (found: Pointed | null) => void,
  open: (line: Line) => void,
) {
  const meant = (event: PointerEvent | MouseEvent): number => {
    // What stands above the lines is meant itself.
    if (dragging || (event.target as Element).closest("button, [role=slider], .menu")) return -1;
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
    const { layout, axes, lefts, pass } = scene;
    return nearest(layout, axes, lefts, pass, event.clientX - left, event.clientY - top);
  };
  return {
    onPointerMove: (event: PointerEvent) => {
      const line = event.buttons ? -1 : meant(event);
      point(line < 0 ? null : { line, at: { x: event.clientX, y: event.clientY } });
    },
    onPointerLeave: () => point(null),
    onPointerDown: (event: PointerEvent) => {
      pressed.current = { x: event.clientX, y: event.clientY };
    },
    onClick: (event: MouseEvent) => {
      const from = pressed.current;
      if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) >= CLICK) return;
      if ((event.target as Element).closest(".track")) return;
      const line = meant(event);
      if (line >= 0) open(scene.lines[line]!);
    },
  };
}
