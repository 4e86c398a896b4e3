/** A chart in a dialog of its own, with what there is to choose about it, the names of its lines, and all the room there is. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Menu } from "../ui/menu";
import { frameWords } from "./frame-words";
import { useHandle } from "./handle";
import type { Kind } from "./kind";
import { Legend } from "./legend";
import { nameOf } from "./paint";
import { fileItems, formItems, type PanelProps, yItems, yOf } from "./panel-menu";
import type { PanelChoice } from "./settings";
import { useSource } from "./source";
import { Smoothing } from "./toolbar";

/** How many charts are shown large: what they cover rests, and asks and draws nothing. */
export const large = signal(0);

/** What else stands in the dialog, and how high a line of names is; pixels. */
const AROUND = 134;
const [NAMES, IN_LINE, MOST_LINES] = [20, 6, 3];

export function Enlarged({ kind, choice, ...props }: PanelProps & { kind: Kind; choice: PanelChoice }) {
  const { id, settings, onSettings, onHighlight, lines, groups } = props;
  const frame = useRef<HTMLDivElement>(null);
  const handle = useHandle(kind.form);
  const source = useSource();
  useEffect(() => {
    large.value += 1;
    return () => {
      large.value -= 1;
    };
  }, []);
  const say = frameWords();
  const note = handle.note.value; // told anew when something else is drawn, as the lines are then
  const curves = handle.scene?.curves ?? [];
  const count = Math.max(curves.length, (groups ?? lines).length);
  const names = count > 1 ? NAMES * Math.min(MOST_LINES, Math.ceil(count / IN_LINE)) : 0;
  const height = Math.max(240, Math.round(innerHeight * 0.92) - AROUND - names);
  const scales = yItems(props, kind);
  const Body = kind.Body;
  return (
    <div class="chart-large" ref={frame}>
      <div class="chart-bar">
        <p class="dim small">{note}</p>
        {scales.length > 0 && (
          <>
            <Smoothing settings={settings} set={(changes) => onSettings({ ...settings, ...changes })} />
            <Menu label={`${say.named(say.y, say.scales[yOf(props)])} ▾`} items={scales} />
          </>
        )}
        {(settings.range || settings.yRanges[id]) && (
          <button type="button" class="button" onClick={() => onSettings({ ...settings, range: null, yRanges: {} })}>
            {say.reset}
          </button>
        )}
        <Menu
          kind="quiet"
          label="⋯"
          title={say.menu}
          items={() => [...formItems(props, kind), ...fileItems(props, handle, source, frame)]}
        />
      </div>
      <Body {...props} key={kind.form} choice={choice} seen height={height} handle={handle} actions={{}} />
      {curves.length > 1 && (
        <Legend
          marks={curves.map((curve) => ({ key: nameOf(curve), label: curve.label, ink: curve.ink }))}
          onHighlight={onHighlight}
        />
      )}
    </div>
  );
}
