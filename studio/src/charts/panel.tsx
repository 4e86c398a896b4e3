/** The frame of one chart: its name, what it stands for, its menu; drawn when it comes into sight. */
import { useMemo, useRef, useState } from "preact/hooks";
import { Dialog } from "../ui/dialog";
import { Menu, type MenuItem } from "../ui/menu";
import { attempt } from "../ui/toast";
import { kindOf, kindOfSpec } from "./chooser";
import { Enlarged, large } from "./enlarged";
import { figuresText } from "./figures-text";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import { useHandle } from "./handle";
import type { Handle } from "./kind";
import { fileItems, formItems, type PanelProps, savePng, tableIn, yItems } from "./panel-menu";
import type { PanelChoice } from "./settings";
import { useSource } from "./source";
import { apartOf, xName, xText } from "./tooltip";
import { VirtualTable } from "./virtual-table";
import { useSeen } from "./width";

const HEIGHT = 152;

type BodyProps = PanelProps & { choice: PanelChoice };

export function Panel(props: PanelProps) {
  const { id, title, metric, spec, settings, onSettings, lines, onEdit, onRemove } = props;
  const frame = useRef<HTMLElement>(null);
  const seen = useSeen(frame);
  const source = useSource();
  const [open, setOpen] = useState<"large" | "table" | null>(null);
  const kind = spec ? kindOfSpec(spec) : kindOf(metric, lines.length, settings.panels?.[id]?.form);
  const handle = useHandle(kind?.form);
  const was = useRef(false);
  was.current ||= seen;
  const shown = useRef<BodyProps | null>(null);
  if (!kind) return null;
  const say = frameWords();
  const actions = {
    table: () => setOpen("table"),
    maximise: () => setOpen("large"),
    save: () => void attempt(async () => savePng(handle, title)),
  };
  // Made when the menu opens: what a chart has to be saved is known once it is drawn.
  const items = (): MenuItem[] => [
    ...formItems(props, kind),
    ...yItems(props, kind),
    { label: say.asTable, run: actions.table },
    { label: say.maximise, run: actions.maximise },
    ...fileItems(props, handle, source, frame),
    ...(onEdit ? [{ label: say.edit, run: onEdit }] : []),
    onRemove
      ? { label: say.remove, run: onRemove }
      : { label: say.hide, run: () => onSettings({ ...settings, hidden: [...settings.hidden, id] }) },
  ];
  const Body = kind.Body;
  const figures = figuresText(metric, lines, settings.x);
  const shared = { ...props, metric, spec, choice: settings.panels?.[id] ?? {} };
  if (!large.value) shown.current = shared;
  return (
    <figure class={kind.small ? "chart panel small" : "chart panel"} ref={frame} data-panel={id}>
      <figcaption>
        <span class="chart-title cut" title={metric.of.size ? description(metric) : title}>
          {title}
        </span>
        {figures[0] && (
          <span class="chart-figures">{figures.map((figure) => [<span key={figure}>{figure}</span>, " "])}</span>
        )}
        <span class="chart-note cut dim" title={handle.note.value}>
          {handle.note.value}
        </span>
        {/* What was never in sight has no menu yet: of hundreds of charts that is most of what there is to make. */}
        {was.current && (
          <>
            {!kind.small && (
              <button
                type="button"
                class="button quiet"
                title={say.maximise}
                aria-label={say.maximise}
                onClick={actions.maximise}
              >
                ⤢
              </button>
            )}
            <Menu kind="quiet" label="⋯" title={say.menu} items={items} />
          </>
        )}
      </figcaption>
      <div class="chart-body" style={kind.small ? undefined : { height: `${HEIGHT}px` }}>
        {was.current && (
          <Body
            key={kind.form}
            {...(shown.current ?? shared)}
            seen={seen && !large.value}
            height={HEIGHT}
            handle={handle}
            actions={actions}
          />
        )}
      </div>
      {open === "large" && (
        <Dialog title={title} wide onClose={() => setOpen(null)}>
          <Enlarged {...shared} kind={kind} />
        </Dialog>
      )}
      {open === "table" && (
        <Dialog title={title} wide onClose={() => setOpen(null)}>
          <ShownTable handle={handle} title={title} />
        </Dialog>
      )}
    </figure>
  );
}

function description({ name, of }: Found): string {
  const said = [...of.values()].find((each) => each.description)?.description;
  return said ? `${name}: ${said}` : name;
}

function ShownTable({ handle, title }: { handle: Handle; title: string }) {
  const [names = [], ...rows] = useMemo(() => tableIn(handle), [handle.scene, handle.table]);
  const { scene, table } = handle;
  // A file has times as numbers; who reads a table wants them as times.
  const [first] = (scene && !table && /time|relative/.test(scene.xKind) && scene.curves) || [];
  const places = first && [xName(scene!), frameWords().from, frameWords().to];
  return (
    <VirtualTable
      caption={title}
      height={Math.round(innerHeight * 0.6)}
      total={rows.length}
      columns={names.map((name, column) => ({ name: String(name), numeric: typeof rows[0]?.[column] === "number" }))}
      sort={null}
      onSort={null}
      cell={(row, column) => {
        const value = rows[row]?.[column];
        const place = places?.includes(String(names[column]));
        return place ? xText(scene!.xKind, Number(value), apartOf(first!, 0)) : value;
      }}
    />
  );
}
