/** Names of lines where no table beside them tells them: colour, dash and name; to point at one lets its line stand out. */
import type { Ink } from "../base/colour";
import { frameWords } from "./frame-words";
import "./legend.css";

export interface Mark {
  /** What the line is highlighted by. */
  key: string;
  label: string;
  ink: Ink;
}

/** More names than these are no legend. */
const SHOWN = 12;

export function Legend({ marks, onHighlight }: { marks: readonly Mark[]; onHighlight: (key: string | null) => void }) {
  const more = marks.length - SHOWN;
  return (
    <ul class="chart-legend">
      {marks.slice(0, SHOWN).map(({ key, label, ink }) => (
        <li
          key={`${key} ${label}`}
          title={label}
          onPointerEnter={() => onHighlight(key)}
          onPointerLeave={() => onHighlight(null)}
        >
          <svg width="18" height="4" aria-hidden="true">
            <path d="M0 2H18" stroke={ink.colour} stroke-width="2" stroke-dasharray={ink.dash.join(" ")} />
          </svg>
          <span class="cut">{label}</span>
        </li>
      ))}
      {more > 0 && <li class="dim">{frameWords().andMore(more)}</li>}
    </ul>
  );
}
