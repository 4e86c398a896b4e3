/** Charts above a table or beside it, with an edge that moves by dragging and by keys; they can be put away. */
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { keep, kept } from "../base/keeping";
import { catalogue } from "../base/language";
import type { Room } from "../table/room";
import "./split.css";

const words = catalogue({
  en: {
    height: "Height of the charts",
    width: "Width of the charts",
    beside: "Charts beside the table",
    hideCharts: "Hide charts",
    showCharts: "Show charts",
  },
  fr: {
    height: "Hauteur des graphiques",
    width: "Largeur des graphiques",
    beside: "Graphiques à côté du tableau",
    hideCharts: "Masquer les graphiques",
    showCharts: "Afficher les graphiques",
  },
});

const NARROW = 760;
const STEP = 24;
/** By themselves charts above are as high as their bar and one row of them: none is cut, and nothing moves as they come. */
const ABOVE = { name: "split", own: 8 + 26 + 10 + 188 + 10, least: 120, most: 900, keys: ["ArrowUp", "ArrowDown"] };
/** The line that says how many runs are drawn, with the gap below it. */
const NOTE = 24 + 10;
const BESIDE = { name: "split-width", own: 460, least: 240, most: 2000, keys: ["ArrowLeft", "ArrowRight"] };

/** What somebody chose. */
function sizeOf({ name, least, most }: typeof ABOVE): number | undefined {
  const found = Number(kept(name));
  return found >= least && found <= most ? found : undefined;
}

export function Split({ room, children }: { room: Room; children: ComponentChildren }) {
  const say = words();
  const [beside, setBeside] = useState(() => kept("beside") === "on");
  const edge = beside ? BESIDE : ABOVE;
  const [chosen, setSize] = useState(() => sizeOf(edge));
  // Room that the line had once it keeps, or the table would jump with each other filter.
  const noted = useMemo(() => ({ ever: false }), [room]);
  noted.ever ||= room.eyes.less.value;
  const size = chosen ?? edge.own + (noted.ever && !beside ? NOTE : 0);
  // A narrow window has room for one of both: the table, until somebody wants the charts.
  const [shown, setShown] = useState(() => (kept("charts") ?? (innerWidth > NARROW ? "on" : "off")) === "on");
  const part = useRef<HTMLDivElement>(null);
  const set = (to: number) => {
    const next = Math.round(Math.max(edge.least, Math.min(edge.most, to)));
    setSize(next);
    keep(edge.name, String(next));
  };
  const turn = () => {
    setBeside(!beside);
    setSize(sizeOf(beside ? ABOVE : BESIDE));
    keep("beside", beside ? null : "on");
  };
  const show = (on: boolean) => {
    setShown(on);
    keep("charts", on ? "on" : "off");
  };
  const drag = (event: PointerEvent) => {
    if (event.button) return;
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    handle.focus();
    const at = (moved: PointerEvent) => (beside ? moved.clientX : moved.clientY);
    const before = (beside ? part.current?.clientWidth : part.current?.clientHeight) ?? size;
    const start = at(event);
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(before + at(moved) - start);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { least, most, keys } = edge;
    const to = [size - STEP, size + STEP, least, most][[...keys, "Home", "End"].indexOf(event.key)];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
  };
  return (
    <>
      {shown && (
        <div ref={part} class="charts-part" style={{ "--split": `${size}px` }}>
          {children}
        </div>
      )}
      <div class={beside && shown ? "split upright" : "split"}>
        {shown && (
          // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
          <div
            role="separator"
            tabIndex={0}
            aria-orientation={beside ? "vertical" : "horizontal"}
            aria-label={beside ? say.width : say.height}
            aria-valuemin={edge.least}
            aria-valuemax={edge.most}
            aria-valuenow={size}
            onPointerDown={drag}
            onKeyDown={onKeyDown}
          />
        )}
        {shown && <Small sign="◧" name={say.beside} aria-pressed={beside} onClick={turn} />}
        <Small
          sign={shown ? (beside ? "◂" : "▴") : "▾"}
          name={shown ? say.hideCharts : say.showCharts}
          aria-expanded={shown}
          onClick={() => show(!shown)}
        />
      </div>
    </>
  );
}

function Small({ sign, name, ...rest }: { sign: string; name: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" class="button quiet" aria-label={name} title={name} {...rest}>
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
