/** The frame of one chart: its name, what it stands for, its menu; drawn when it comes into sight. */
import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { save } from "../base/clipboard";
import { Dialog } from "../ui/dialog";
import { Menu, type MenuItem } from "../ui/menu";
import { attempt } from "../ui/toast";
import { csv, type Table } from "./caption";
import { kindOf, kindOfSpec, kindsOf } from "./chooser";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import { groupCurves } from "./group-curves";
import type { Handle, Kind, Surroundings } from "./kind";
import { tableOf } from "./lines-table";
import { remarksOf } from "./remarks";
import type { PanelChoice, PanelSpec, YKind } from "./settings";
import { useSource } from "./source";
import { svg } from "./svg";
import { VirtualTable } from "./virtual-table";
import { useSeen } from "./width";

const HEIGHT = 152;

interface Props extends Surroundings {
  id: string;
  title: string;
  metric: Found;
  spec: PanelSpec | null;
  onEdit?: (() => void) | undefined;
  onRemove?: (() => void) | undefined;
}

type BodyProps = Omit<Props, "onEdit"> & { choice: PanelChoice };

/** What is logged as a document has no rows of its own. */
const structuredKind = ({ kind }: Found) => kind !== "scalar" && kind !== "list" && kind !== "table";

const DRAWN = new Set(["line", "step", "curve", "swapped", "multi", "scatter", "runs"]);

/** How many charts are shown large: what they cover rests, and asks and draws nothing. */
const large = signal(0);

function useHandle(): Handle {
  const note = useSignal("");
  return useMemo(
    () => ({ note, remarks: remarksOf, grouped: groupCurves, canvas: null, scene: null, table: null }),
    [],
  );
}

/** Those of the menu that choose how the panel is shown. */
function choices({ id, settings, onSettings, metric, lines, spec }: Props, kind: Kind): MenuItem[] {
  const say = frameWords();
  const own = settings.panels?.[id] ?? {};
  const set = (choice: PanelChoice) => onSettings({ ...settings, panels: { ...settings.panels, [id]: choice } });
  const forms = spec ? [] : kindsOf(metric, lines.length);
  const scales = DRAWN.has(kind.form) ? (["linear", "log", "symlog"] as const) : [];
  return [
    ...(forms.length > 1 ? forms : []).map(({ form }) => ({
      label: say.forms[form] ?? form,
      checked: form === kind.form,
      run: () => set({ ...own, form }),
    })),
    ...scales.map((y: YKind) => ({
      label: say.named(say.y, say.scales[y]),
      checked: (own.y ?? settings.y) === y,
      run: () => set({ ...own, y }),
    })),
  ];
}

export function Panel(props: Props) {
  const { id, title, metric, spec, settings, onSettings, lines, onEdit, onRemove } = props;
  const frame = useRef<HTMLElement>(null);
  const seen = useSeen(frame);
  const handle = useHandle();
  const source = useSource();
  const [open, setOpen] = useState<"large" | "table" | null>(null);
  const kind = spec ? kindOfSpec(spec) : kindOf(metric, lines.length, settings.panels?.[id]?.form);
  useMemo(() => Object.assign(handle, { scene: null, table: null }), [kind?.form]); // of what is shown no more
  const was = useRef(false);
  was.current ||= seen;
  const shown = useRef<BodyProps | null>(null);
  if (!kind) return null;
  const say = frameWords();
  const file = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-") || "chart";
  const actions = {
    table: () => setOpen("table"),
    maximise: () => setOpen("large"),
    save: () => void attempt(async () => savePng(handle, title, file)),
  };
  const saveAll = async () => {
    const { allRowsCsv } = await import("./export");
    const labels = new Map(lines.map((line) => [line.run, line.label]));
    save(`${file}-rows.csv`, await allRowsCsv(source, metric, labels), "text/csv");
  };
  const saveSvg = () => {
    const { scene } = handle;
    if (scene && frame.current) save(`${file}.svg`, svg(scene, frame.current, title), "image/svg+xml");
  };
  // Made when the menu opens: what a chart has to be saved is known once it is drawn.
  const items = (): MenuItem[] => [
    ...choices(props, kind),
    { label: say.asTable, run: actions.table },
    { label: say.maximise, run: actions.maximise },
    ...(handle.canvas ? [{ label: say.png, run: actions.save }] : []),
    ...(handle.scene ? [{ label: say.svg, run: saveSvg }] : []),
    ...(handle.table || handle.scene
      ? [{ label: say.csv, run: () => save(`${file}.csv`, csv(tableIn(handle)), "text/csv") }]
      : []),
    ...(spec || structuredKind(metric) ? [] : [{ label: say.csvAll, run: () => void attempt(saveAll) }]),
    ...(onEdit ? [{ label: say.edit, run: onEdit }] : []),
    onRemove
      ? { label: say.remove, run: onRemove }
      : { label: say.hide, run: () => onSettings({ ...settings, hidden: [...settings.hidden, id] }) },
  ];
  const Body = kind.Body;
  const shared = { ...props, metric, spec, choice: settings.panels?.[id] ?? {} };
  if (!large.value) shown.current = shared;
  return (
    <figure class={kind.small ? "chart panel small" : "chart panel"} ref={frame} data-panel={id}>
      <figcaption>
        <span class="chart-title cut" title={metric.of.size ? description(metric, title) : title}>
          {title}
        </span>
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
          <Large {...shared} kind={kind} />
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

function description(metric: Found, title: string): string {
  const said = [...metric.of.values()].find((each) => each.description)?.description;
  return said ? `${title}: ${said}` : title;
}

function Large({ kind, ...shared }: BodyProps & { kind: Kind }) {
  const handle = useHandle();
  useEffect(() => {
    large.value += 1;
    return () => {
      large.value -= 1;
    };
  }, []);
  const Body = kind.Body;
  const height = Math.max(280, Math.round(innerHeight * 0.72) - 80);
  return (
    <div class="chart-large">
      <p class="dim small">{handle.note.value}</p>
      <Body {...shared} seen height={height} handle={handle} actions={{}} />
    </div>
  );
}

function tableIn({ table, scene }: Handle): Table {
  return table?.() ?? (scene ? tableOf(scene) : []);
}

function ShownTable({ handle, title }: { handle: Handle; title: string }) {
  const [names = [], ...rows] = useMemo(() => tableIn(handle), [handle.scene, handle.table]);
  return (
    <VirtualTable
      caption={title}
      height={Math.round(innerHeight * 0.6)}
      total={rows.length}
      columns={names.map((name, column) => ({ name: String(name), numeric: typeof rows[0]?.[column] === "number" }))}
      sort={null}
      onSort={null}
      cell={(row, column) => rows[row]?.[column]}
    />
  );
}

async function savePng(handle: Handle, title: string, file: string): Promise<void> {
  if (handle.canvas) {
    const { pngOf } = await import("./export");
    save(`${file}.png`, await pngOf(handle.canvas, title, handle.note.peek()), "image/png");
  }
}
