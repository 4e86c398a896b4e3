/** What the menu of a chart offers: other ways to show it, scales of y, and files of what it shows. */
import { save } from "../base/clipboard";
import type { MenuItem } from "../ui/menu";
import { attempt } from "../ui/toast";
import { csv, type Table } from "./caption";
import { kindsOf } from "./chooser";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import type { Handle, Kind, Surroundings } from "./kind";
import { tableOf } from "./lines-table";
import type { PanelChoice, PanelSpec, YKind } from "./settings";
import type { Source } from "./source";
import { svg } from "./svg";

export interface PanelProps extends Surroundings {
  id: string;
  title: string;
  metric: Found;
  spec: PanelSpec | null;
  onEdit?: (() => void) | undefined;
  onRemove?: (() => void) | undefined;
}

/** What is logged as a document has no rows of its own. */
const structuredKind = ({ kind }: Found) => kind !== "scalar" && kind !== "list" && kind !== "table";

const DRAWN = new Set(["line", "step", "curve", "swapped", "multi", "scatter", "runs"]);

function setter({ id, settings, onSettings }: PanelProps): (choice: PanelChoice) => void {
  return (choice) =>
    onSettings({ ...settings, panels: { ...settings.panels, [id]: { ...settings.panels?.[id], ...choice } } });
}

export function formItems(props: PanelProps, kind: Kind): MenuItem[] {
  const forms = props.spec ? [] : kindsOf(props.metric, props.lines.length);
  const set = setter(props);
  return (forms.length > 1 ? forms : []).map(({ form }) => ({
    label: frameWords().forms[form] ?? form,
    checked: form === kind.form,
    run: () => set({ form }),
  }));
}

export function yOf({ id, settings }: PanelProps): YKind {
  return settings.panels?.[id]?.y ?? settings.y;
}

export function yItems(props: PanelProps, kind: Kind): MenuItem[] {
  const say = frameWords();
  const set = setter(props);
  return (DRAWN.has(kind.form) ? (["linear", "log", "symlog"] as const) : []).map((y) => ({
    label: say.named(say.y, say.scales[y]),
    checked: yOf(props) === y,
    run: () => set({ y }),
  }));
}

const fileOf = (title: string) => title.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-") || "chart";

export function fileItems(
  { title, metric, lines, spec }: PanelProps,
  handle: Handle,
  source: Source,
  frame: { current: HTMLElement | null },
): MenuItem[] {
  const say = frameWords();
  const file = fileOf(title);
  const saveAll = async () => {
    const { allRowsCsv } = await import("./export");
    const labels = new Map(lines.map((line) => [line.run, line.label]));
    save(`${file}-rows.csv`, await allRowsCsv(source, metric, labels), "text/csv");
  };
  const saveSvg = () => {
    const { scene } = handle;
    if (scene && frame.current) save(`${file}.svg`, svg(scene, frame.current, title), "image/svg+xml");
  };
  return [
    ...(handle.canvas ? [{ label: say.png, run: () => void attempt(async () => savePng(handle, title)) }] : []),
    ...(handle.scene ? [{ label: say.svg, run: saveSvg }] : []),
    ...(handle.table || handle.scene
      ? [{ label: say.csv, run: () => save(`${file}.csv`, csv(tableIn(handle)), "text/csv") }]
      : []),
    ...(spec || structuredKind(metric) ? [] : [{ label: say.csvAll, run: () => void attempt(saveAll) }]),
  ];
}

export function tableIn({ table, scene }: Handle): Table {
  return table?.() ?? (scene ? tableOf(scene) : []);
}

export async function savePng(handle: Handle, title: string): Promise<void> {
  if (handle.canvas) {
    const { pngOf } = await import("./export");
    save(`${fileOf(title)}.png`, await pngOf(handle.canvas, title, handle.note.peek()), "image/png");
  }
}
