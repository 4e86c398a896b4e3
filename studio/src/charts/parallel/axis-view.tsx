/** One axis: its name with a menu, which is also dragged to move it; its marks, categories and what has no place. */
import { useRef } from "preact/hooks";
import { Menu, type MenuItem } from "../../ui/menu";
import { tickTexts, valueTicks } from "../ticks";
import { type Axis, oddCounts, placeAt } from "./axis";
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
  onBrush: (brush: Brush | null) => void;
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
  const from = useRef<{ x: number; left: number; moved: boolean } | null>(null);
  const dragged = useRef(false);
  const log = axis.scale.kind === "log" && say.logScale;
  return (
    <div
      class="head"
      onPointerDown={(event) => {
        dragged.current = false;
        if (!event.button) from.current = { x: event.clientX, left, moved: false };
      }}
      onPointerMove={(event) => {
        const start = from.current;
        if (!start || (!start.moved && Math.abs(event.clientX - start.x) < DRAG)) return;
        if (!start.moved) event.currentTarget.setPointerCapture(event.pointerId);
        start.moved = dragged.current = true;
        onDrag(start.left + event.clientX - start.x, false);
      }}
      onPointerUp={(event) => {
        const start = from.current;
        from.current = null;
        if (start?.moved) onDrag(start.left + event.clientX - start.x, true);
      }}
      onPointerCancel={() => {
        if (from.current?.moved) onDrag(from.current.left, true);
        from.current = null;
      }}
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
      : valueTicks(axis.scale, most);
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
      {axis.categories.map((name, index) => (
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
