/** One axis: its name with a menu, which is also dragged to move it; its marks, categories and what has no place. */
import { useRef } from "preact/hooks";
import { Menu, type MenuItem } from "../../ui/menu";
import { tickTexts } from "../ticks";
import { type Axis, numberTicks, oddCounts, placeAt } from "./axis";
import { type Brush, categoryKey, oddKey, toggled } from "./brush";
import { type Layout, topOf } from "./layout";
import { nameOf } from "./text";
import { Track } from "./track";
import { parallelWords } from "./words";

interface Props {
  axis: Axis;
  layout: Layout;
  left: number;
  brush: Brush | undefined;
  dragged: boolean;
  items: () => readonly MenuItem[];
  /** What is wanted of it now; `slide` while it is dragged. */
  onBrush: (brush: Brush | null, how?: "slide") => void;
  /** The name was dragged to here, and let go. */
  onDrag: (x: number, end: boolean) => void;
}

/** A button needs so much room, a mark of a scale more. */
const BUTTON = 24;
const MARK = 40;
/** A press that moves less is a click. */
const DRAG = 5;

export function AxisView({ axis, layout, left, brush, dragged, items, onBrush, onDrag }: Props) {
  const high = layout.bottom - layout.top;
  const buttons = axis.kind === "category" && axis.categories.length * BUTTON <= high;
  const name = nameOf(axis);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is laid out in ways of its own
    <div
      class={dragged ? "axis dragged" : "axis"}
      role="group"
      aria-label={name}
      data-axis={axis.id}
      style={{ transform: `translateX(${left}px)`, width: `${layout.gap}px` }}
      onKeyDown={(event) => {
        if (!brush || !["Escape", "Delete", "Backspace"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        onBrush(null);
      }}
    >
      <Head axis={axis} name={name} left={left} items={items} onDrag={onDrag} />
      <span class="line" style={{ top: `${layout.top}px`, height: `${high}px` }} />
      <Track axis={axis} layout={layout} brush={brush} thumbs={!buttons} onBrush={onBrush} />
      {buttons ? <Categories {...{ axis, layout, brush, onBrush }} /> : <Marks axis={axis} layout={layout} />}
      <Odds {...{ axis, layout, brush, onBrush }} />
    </div>
  );
}

function Head({
  axis,
  name,
  left,
  items,
  onDrag,
}: Pick<Props, "axis" | "left" | "items" | "onDrag"> & { name: string }) {
  const say = parallelWords();
  const dragged = useRef(false);
  const latest = useRef(onDrag);
  latest.current = onDrag;
  const log = axis.scale.kind === "log" && say.logScale;
  // Heard of by the window: a quick hand is elsewhere at once, and a captured press would open no menu.
  const press = (down: PointerEvent) => {
    dragged.current = false;
    if (down.button) return;
    const ending = new AbortController();
    const { signal } = ending;
    const move = (event: PointerEvent, end: boolean) => {
      dragged.current ||= Math.abs(event.clientX - down.clientX) >= DRAG;
      if (dragged.current) latest.current(left + event.clientX - down.clientX, end);
      if (end) ending.abort();
    };
    window.addEventListener("pointermove", (event) => move(event, false), { signal });
    window.addEventListener("pointerup", (event) => move(event, true), { signal });
    window.addEventListener("pointercancel", (event) => move(event, true), { signal });
  };
  return (
    <div
      class="head"
      onPointerDown={press}
      // A drag ends with a click: it is none that opens the menu.
      onClickCapture={(event) => {
        if (!dragged.current) return;
        dragged.current = false;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Menu kind="quiet axis-title" label={<span class="cut">{axis.title}</span>} title={name} items={items} />
      <span class="note cut dim">{[axis.note, log].filter(Boolean).join(" · ")}</span>
    </div>
  );
}

/** Marks of a scale; of more categories than have room beside each other, some. */
function Marks({ axis, layout }: Pick<Props, "axis" | "layout">) {
  if (!axis.places.some(Number.isFinite)) return null;
  const most = Math.max(2, Math.floor((layout.bottom - layout.top) / MARK));
  const every = Math.ceil(axis.categories.length / most);
  const ticks =
    axis.kind === "category"
      ? [...axis.categories.keys()].filter((index) => index % every === 0)
      : numberTicks(axis, most);
  const texts = axis.kind === "category" ? ticks.map((index) => axis.categories[index]!) : tickTexts(ticks);
  return (
    <>
      {ticks.map((tick, index) => (
        <span key={tick} class="mark cut" style={{ top: `${topOf(layout, placeAt(axis, tick))}px` }} aria-hidden="true">
          {texts[index]}
        </span>
      ))}
    </>
  );
}

type Toggles = Pick<Props, "axis" | "layout" | "brush" | "onBrush">;

function Categories({ axis, layout, brush, onBrush }: Toggles) {
  const say = parallelWords();
  const counts = new Map<string, number>();
  axis.values.forEach((value, line) => {
    if (!axis.odds[line]) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  });
  return (
    <>
      {/* From the top, as keys walk over them. */}
      {[...axis.categories.entries()].reverse().map(([index, name]) => (
        <Toggle
          key={name}
          label={name}
          title={`${name} · ${say.runs(counts.get(name) ?? 0)}`}
          top={topOf(layout, placeAt(axis, index))}
          id={categoryKey(name)}
          {...{ brush, onBrush }}
        />
      ))}
    </>
  );
}

function Odds({ axis, layout, brush, onBrush }: Toggles) {
  const say = parallelWords();
  return (
    <>
      {[...oddCounts(axis)].map(([odd, count]) => (
        <Toggle
          key={odd}
          label={`${say.odds[odd]} · ${count}`}
          title={`${say.oddsLong[odd]} · ${say.runs(count)}`}
          top={layout.rows.get(odd) ?? 0}
          id={oddKey(odd)}
          {...{ brush, onBrush }}
          odd
        />
      ))}
    </>
  );
}

interface ToggleProps extends Pick<Props, "brush" | "onBrush"> {
  label: string;
  title: string;
  top: number;
  id: string;
  odd?: boolean;
}

function Toggle({ label, title, top, id, brush, onBrush, odd = false }: ToggleProps) {
  const on = brush?.kind === "set" && brush.keys.includes(id);
  return (
    <button
      type="button"
      class={odd ? "value odd" : "value"}
      style={{ top: `${top}px` }}
      title={title}
      aria-label={title}
      aria-pressed={on}
      onClick={() => onBrush(toggled(brush, id))}
    >
      <span class="cut">{label}</span>
    </button>
  );
}
