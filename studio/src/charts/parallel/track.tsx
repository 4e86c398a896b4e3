/** The length of an axis: dragging along it chooses a range, two thumbs do the same with keys. */
import { useRef, useState } from "preact/hooks";
import type { Axis } from "./axis";
import { type Brush, between, extent } from "./brush";
import { type Layout, topOf } from "./layout";
import { nameOf } from "./text";
import { Thumb } from "./thumb";
import { parallelWords } from "./words";

interface Props {
  axis: Axis;
  layout: Layout;
  brush: Brush | undefined;
  /** Whether thumbs are there: not where each category has a button. */
  thumbs: boolean;
  onBrush: (brush: Brush | null, how?: "slide") => void;
}

/** A press that moves less is a click. */
const DRAG = 4;

type Held = { kind: "new" | "from" | "to" | "all"; start: number; range: readonly [number, number]; moved: boolean };

export function Track({ axis, layout, brush, thumbs, onBrush }: Props) {
  const say = parallelWords();
  const element = useRef<HTMLDivElement>(null);
  const held = useRef<Held | null>(null);
  // What is dragged over categories is seen before it holds one.
  const [dragged, setDragged] = useState<readonly [number, number] | null>(null);
  const high = layout.bottom - layout.top;
  const range = extent(axis, brush);
  const shown = dragged ?? range;
  const [low, top] = shown ?? [0, 1];
  const placeOf = (event: PointerEvent) =>
    Math.min(1, Math.max(0, 1 - (event.clientY - element.current!.getBoundingClientRect().top) / high));

  const take = (event: PointerEvent, kind: Held["kind"]) => {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const place = placeOf(event);
    held.current = { kind, start: place, range: range ?? [0, 1], moved: false };
    element.current!.setPointerCapture(event.pointerId);
    if (kind === "from" || kind === "to") (event.currentTarget as HTMLElement).focus();
  };
  const move = (event: PointerEvent) => {
    const now = held.current;
    if (!now) return;
    const place = placeOf(event);
    if (!now.moved && Math.abs(place - now.start) * high < DRAG) return;
    now.moved = true;
    const next = dragTo(now, place);
    setDragged([Math.min(...next), Math.max(...next)]);
    onBrush(between(axis, next[0], next[1]), "slide");
  };
  const end = () => {
    const now = held.current;
    held.current = null;
    setDragged(null);
    if (now && !now.moved && (now.kind === "new" || now.kind === "all") && brush) onBrush(null);
  };
  const slide = (side: 0 | 1, place: number) => {
    const next: [number, number] = [low, top];
    next[side] = side ? Math.max(low, Math.min(1, place)) : Math.min(top, Math.max(0, place));
    onBrush(between(axis, next[0], next[1]), "slide");
  };
  const thumb = (side: "from" | "to") => (
    <Thumb
      axis={axis}
      side={side}
      label={say[side](nameOf(axis))}
      place={side === "from" ? low : top}
      top={topOf(layout, side === "from" ? low : top) - layout.top}
      brushed={brush !== undefined}
      onMove={(place) => slide(side === "from" ? 0 : 1, place)}
      onClear={() => onBrush(null)}
      onPointerDown={(event) => take(event, side)}
    />
  );
  return (
    <div
      ref={element}
      class={range ? "track brushed" : "track"}
      style={{ top: `${layout.top}px`, height: `${high}px` }}
      onPointerDown={(event) => {
        const place = placeOf(event);
        take(event, range && place >= range[0] && place <= range[1] ? "all" : "new");
      }}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {shown && (
        <span
          class="range"
          style={{ top: `${(1 - top) * high}px`, height: `${Math.max(2, (top - low) * high)}px` }}
          aria-hidden="true"
        />
      )}
      {thumbs && thumb("from")}
      {thumbs && thumb("to")}
    </div>
  );
}

/** The range while it is dragged: from where it began, one of its ends, or all of it. */
function dragTo({ kind, start, range: [low, high] }: Held, place: number): readonly [number, number] {
  if (kind === "new") return [start, place];
  if (kind === "from") return [place, high];
  if (kind === "to") return [low, place];
  const by = Math.min(1 - high, Math.max(-low, place - start));
  return [low + by, high + by];
}
