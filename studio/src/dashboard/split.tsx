/** What stands above the table, with an edge that moves by dragging and by keys, and can be put away. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { keep, kept } from "../base/keeping";
import { catalogue } from "../base/language";
import "./split.css";

const words = catalogue({
  en: { split: "Height of the charts", hideCharts: "Hide charts", showCharts: "Show charts" },
  fr: {
    split: "Hauteur des graphiques",
    hideCharts: "Masquer les graphiques",
    showCharts: "Afficher les graphiques",
  },
});

const NARROW = 760;
/** By itself it is as high as the bar of the charts and one row of them: none is cut, and nothing moves as they come. */
const ROW = 8 + 26 + 10 + 188 + 10;
const [LEAST, MOST, STEP] = [120, 900, 24];

function size(): number {
  const found = Number(kept("split"));
  return found >= LEAST && found <= MOST ? found : ROW;
}

export function Split({ children }: { children: ComponentChildren }) {
  const say = words();
  const [height, setHeight] = useState(size);
  // A narrow window has room for one of both: the table, until somebody wants the charts.
  const [shown, setShown] = useState(() => (kept("charts") ?? (innerWidth > NARROW ? "on" : "off")) === "on");
  const above = useRef<HTMLDivElement>(null);
  const set = (to: number) => {
    const next = Math.round(Math.max(LEAST, Math.min(MOST, to)));
    setHeight(next);
    keep("split", String(next));
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
    const [start, before] = [event.clientY, above.current?.clientHeight ?? height];
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(before + moved.clientY - start);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowUp: height - STEP, ArrowDown: height + STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
  };
  return (
    <>
      {shown && (
        <div ref={above} class="charts-part" style={{ height: `${height}px` }}>
          {children}
        </div>
      )}
      <div class="split">
        {shown && (
          // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
          <div
            role="separator"
            tabIndex={0}
            aria-orientation="horizontal"
            aria-label={say.split}
            aria-valuemin={LEAST}
            aria-valuemax={MOST}
            aria-valuenow={height}
            onPointerDown={drag}
            onKeyDown={onKeyDown}
          />
        )}
        <button
          type="button"
          class="button quiet"
          aria-expanded={shown}
          aria-label={shown ? say.hideCharts : say.showCharts}
          title={shown ? say.hideCharts : say.showCharts}
          onClick={() => show(!shown)}
        >
          <span aria-hidden="true">{shown ? "▴" : "▾"}</span>
        </button>
      </div>
    </>
  );
}
