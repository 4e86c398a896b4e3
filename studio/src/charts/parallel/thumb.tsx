/** One end of a brush, for keys and for the pointer. */
import { number } from "../../base/number";
import { type Axis, roundedAt } from "./axis";

interface Props {
  axis: Axis;
  side: "from" | "to";
  label: string;
  /** From 0, at the bottom of the axis, to 1. */
  place: number;
  top: number;
  brushed: boolean;
  onMove: (place: number) => void;
  onClear: () => void;
  onPointerDown: (event: PointerEvent) => void;
}

export function Thumb({ axis, side, label, place, top, brushed, onMove, onClear, onPointerDown }: Props) {
  const { kind, categories, scale } = axis;
  const count = categories.length;
  // Of categories the thumb stands at their edges.
  const at = Math.min(count - 1, Math.max(0, Math.round(place * count - (side === "from" ? 0 : 1))));
  const value = kind === "category" ? at + 1 : roundedAt(axis, place);
  const step = kind === "category" ? 1 / count : 0.01;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (by !== undefined) onMove(place + by * step);
    else if (event.key === "Home") onMove(0);
    else if (event.key === "End") onMove(1);
    else if (brushed && ["Escape", "Delete", "Backspace"].includes(event.key)) onClear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      class={`thumb ${side}`}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={kind === "category" ? 1 : scale.range[0]}
      aria-valuemax={kind === "category" ? count : scale.range[1]}
      aria-valuenow={value}
      aria-valuetext={kind === "category" ? categories[at] : number(value)}
      style={{ top: `${top}px` }}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
    />
  );
}
