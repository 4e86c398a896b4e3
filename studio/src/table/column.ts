/** The columns of a runs table: what each shows, its short text in addresses, and what it is sorted by. */
import type { AskOf, Schemas } from "../api/call";

export type Run = Schemas["Run"];
export type Summary = Schemas["Summary"];
export type MetricColumn = Schemas["MetricColumn"];
export type RunOrder = NonNullable<AskOf<"/runs:list">["order"]>;

export const OWN = [
  "name",
  "status",
  "started",
  "created",
  "ended",
  "duration",
  "number",
  "experiment",
  "target",
  "user",
  "tags",
] as const;
export type Own = (typeof OWN)[number];

export const STATS = ["last", "min", "max", "mean", "first", "count", "min_step", "max_step"] as const;
export type Stat = (typeof STATS)[number];

/** The figures that a list can be sorted by. */
const SORTED: ReadonlySet<string> = new Set(["last", "min", "max", "mean", "first", "count"]);

export type Label = "param" | "tag" | "property";

export type Column =
  | { kind: "own"; name: Own }
  | { kind: "metric"; name: string; column: string; stat: Stat }
  /** A text stands at the left: told once values are there. */
  | { kind: Label; name: string; text?: true };

const PREFIXES: Record<Label, string> = { param: "p", tag: "t", property: "prop" };
const LABELS: Record<string, Label> = { p: "param", t: "tag", prop: "property" };

/** Signs that mean something in a list of columns stand for themselves behind a %. */
function escaped(name: string): string {
  return name.replace(/[%,[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % that somebody typed
  }
}

/** `status`, `loss.min`, `Cosine Wave[cos].max`, `p.lr`, `t.owner`, `prop.git`. */
export function columnText(column: Column): string {
  const known = texts.get(column);
  if (known !== undefined) return known;
  const made = written(column);
  texts.set(column, made);
  return made;
}

/** Every cell asks for the text of its column. */
const texts = new WeakMap<Column, string>();

function written(column: Column): string {
  if (column.kind === "own") return column.name;
  if (column.kind !== "metric") return `${PREFIXES[column.kind]}.${escaped(column.name)}`;
  let name = escaped(column.name);
  // A metric called "p" or "t.x" must not read as a parameter or a tag.
  if (/^(p|t|prop)(\.|$)/.test(name)) name = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  const part = column.column === "value" ? "" : `[${escaped(column.column)}]`;
  return `${name}${part}.${column.stat}`;
}

/** The column that a text names, or null if it names none. */
export function readColumn(text: string): Column | null {
  if ((OWN as readonly string[]).includes(text)) return { kind: "own", name: text as Own };
  const label = /^(p|t|prop)\.(.+)$/s.exec(text);
  if (label) return { kind: LABELS[label[1]!]!, name: plain(label[2]!) };
  const metric = /^(.+?)(?:\[([^[\]]*)\])?\.([a-z_]+)$/s.exec(text);
  if (!metric || !(STATS as readonly string[]).includes(metric[3]!)) return null;
  return { kind: "metric", name: plain(metric[1]!), column: plain(metric[2] ?? "value"), stat: metric[3] as Stat };
}

export function writeColumns(columns: readonly Column[]): string {
  return columns.map(columnText).join(",");
}

export function readColumns(text: string): Column[] {
  const found = new Map<string, Column>();
  for (const part of text.split(",")) {
    const column = readColumn(part);
    if (column) found.set(columnText(column), column);
  }
  return [...found.values()];
}

export interface Sort {
  column: Column;
  descending: boolean;
}

export function sortText(sort: Sort): string {
  return (sort.descending ? "-" : "") + columnText(sort.column);
}

export function readSort(text: string): Sort | null {
  const column = readColumn(text.replace(/^-/, ""));
  return column && sortable(column) ? { column, descending: text.startsWith("-") } : null;
}

const FIELDS: Partial<Record<Own, NonNullable<RunOrder["field"]>>> = {
  name: "name",
  status: "status",
  started: "started_at",
  created: "created_at",
  ended: "ended_at",
  duration: "duration",
  number: "number",
  experiment: "experiment",
  target: "target",
  user: "submitted_by",
};

export function sortable(column: Column): boolean {
  if (column.kind === "own") return FIELDS[column.name] !== undefined;
  return column.kind !== "metric" || SORTED.has(column.stat);
}

/** Which way a column is sorted first: numbers and times from the largest, texts from A. */
export function firstDescending(column: Column): boolean {
  if (column.kind === "own") return ["started", "created", "ended", "duration", "number"].includes(column.name);
  return column.kind === "metric" && column.stat !== "min";
}

/** What the server is to sort by. */
export function order({ column, descending }: Sort): RunOrder {
  if (column.kind === "own") return { field: FIELDS[column.name] ?? "created_at", descending };
  if (column.kind !== "metric") return { field: column.kind, key: column.name, descending };
  const stat = column.stat as NonNullable<RunOrder["stat"]>;
  return { field: "metric", metric: { metric: column.name, column: column.column }, stat, descending };
}

/** The key under which the figures of a metric column are kept. */
export function metricKey(of: { metric: string; column?: string }): string {
  return `${of.metric}\n${of.column ?? "value"}`;
}

/** Likewise of a column. */
export function keyOf(column: Column & { kind: "metric" }): string {
  const known = keys.get(column);
  if (known !== undefined) return known;
  const made = metricKey({ metric: column.name, column: column.column });
  keys.set(column, made);
  return made;
}

/** Every cell asks for the key of its column. */
const keys = new WeakMap<Column, string>();

/** The metric columns that have to be asked for, each once. */
export function metricColumns(columns: readonly Column[]): MetricColumn[] {
  const found = new Map<string, MetricColumn>();
  for (const each of columns) {
    if (each.kind !== "metric") continue;
    const wanted = { metric: each.name, column: each.column };
    found.set(metricKey(wanted), wanted);
  }
  return [...found.values()];
}

export type Value = number | string | boolean | null | undefined;

/** A figure of a summary; undefined where there is none. */
export function figure(summary: Summary | null | undefined, stat: Stat): Value {
  if (!summary) return undefined;
  if (stat === "mean") {
    const finite = summary.numeric - summary.nonfinite;
    return finite > 0 ? summary.sum / finite : undefined;
  }
  return summary[stat] ?? undefined;
}
