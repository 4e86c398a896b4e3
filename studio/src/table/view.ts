/** What is shown of a table and how, as the query of its address: short names, defaults left out; with steps back and forth. */
import type { AskOf } from "../api/call";
import { type Column, order, readColumns, readSort, type Sort, sortText, writeColumns } from "./column";

export const AGGREGATES = ["mean-std", "min-max", "median"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface TableView {
  filter: string;
  /** Names of experiments; none means all. */
  experiments: readonly string[];
  statuses: readonly string[];
  archived: boolean;
  /** Children as rows of their own, not folded into their parents; null: as the table chooses by itself. */
  flat: boolean | null;
  sort: Sort;
  /** Null: the columns that the table chooses by itself. */
  columns: readonly Column[] | null;
  selected: readonly string[];
  /** Runs of the first rows that charts leave out, and further ones that they draw. */
  hidden: readonly string[];
  shown: readonly string[];
  group: Column | null;
  aggregate: Aggregate;
  peek: string | null;
}

export const NEWEST: Sort = { column: { kind: "own", name: "created" }, descending: true };

function list(text: string | null): string[] {
  return text ? text.split(",").filter(Boolean).map(decoded) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % that somebody typed
  }
}

function listText(items: readonly string[]): string | null {
  return items.map((each) => each.replace(/[%,]/g, encodeURIComponent)).join(",") || null;
}

export function readView(query: URLSearchParams): TableView {
  const columns = readColumns(query.get("c") ?? "");
  const aggregate = query.get("agg") as Aggregate;
  return {
    filter: query.get("q") ?? "",
    experiments: list(query.get("exp")),
    statuses: list(query.get("st")),
    archived: query.get("old") === "1",
    flat: ({ 0: false, 1: true } as Record<string, boolean>)[query.get("flat") ?? ""] ?? null,
    sort: readSort(query.get("s") ?? "") ?? NEWEST,
    columns: columns.length ? columns : null,
    selected: list(query.get("sel")),
    hidden: list(query.get("hide")),
    shown: list(query.get("show")),
    group: readColumns(query.get("g") ?? "")[0] ?? null,
    aggregate: AGGREGATES.includes(aggregate) ? aggregate : "mean-std",
    peek: query.get("peek"),
  };
}

/** The query of a view; null for what is as it is by itself. */
export function writeView(view: Partial<TableView>): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  if (view.filter !== undefined) found.q = view.filter || null;
  if (view.experiments) found.exp = listText(view.experiments);
  if (view.statuses) found.st = listText(view.statuses);
  if (view.archived !== undefined) found.old = view.archived ? "1" : null;
  if (view.flat !== undefined) found.flat = view.flat === null ? null : String(Number(view.flat));
  if (view.sort) found.s = sortText(view.sort) === sortText(NEWEST) ? null : sortText(view.sort);
  if (view.columns !== undefined) found.c = view.columns ? writeColumns(view.columns) : null;
  if (view.selected) found.sel = listText(view.selected);
  if (view.hidden) found.hide = listText(view.hidden);
  if (view.shown) found.show = listText(view.shown);
  if (view.group !== undefined) found.g = view.group ? writeColumns([view.group]) : null;
  if (view.aggregate) found.agg = view.aggregate === "mean-std" ? null : view.aggregate;
  if (view.peek !== undefined) found.peek = view.peek;
  return found;
}

type Ask = AskOf<"/runs:list">;
export type Conditions = Omit<Ask, "columns" | "limit" | "cursor">;

/** A text as the filter language takes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** How far the conditions put in front of a person's filter move it to the right. */
export const FILTER_SHIFT = 1;

/** What the server is asked for: the person's filter, and what was chosen beside it. */
export function conditions(view: TableView, experimentId: string | null, parentId: string | null = null): Conditions {
  const typed = view.filter.trim();
  const within = view.experiments.map(quoted).join(", ");
  const beside = within && !experimentId ? `experiment in (${within})` : "";
  return {
    ...(experimentId ? { experiment_id: experimentId } : {}),
    ...(parentId ? { parent_run_id: parentId } : {}),
    ...(view.statuses.length ? { statuses: view.statuses as NonNullable<Ask["statuses"]> } : {}),
    filter: typed && beside ? `(${view.filter}) and ${beside}` : typed ? view.filter : beside,
    hidden: view.archived,
    include_children: view.flat ?? false,
    order: order(view.sort),
  };
}

/** What Ctrl-Z takes back: what a table shows, not what is selected in it. */
const STEPS = ["q", "exp", "st", "old", "flat", "s", "c", "hide", "show", "g", "agg"] as const;

export type Step = Record<(typeof STEPS)[number], string | null>;

export function step(query: URLSearchParams): Step {
  return Object.fromEntries(STEPS.map((name) => [name, query.get(name)])) as Step;
}

/** Steps back and forth, apart from the browser's own history. */
export class Undo {
  #past: Step[] = [];
  #future: Step[] = [];
  #now: Step | null = null;

  /** What is shown now; what it was before can be had back. */
  see(next: Step): void {
    if (this.#now && JSON.stringify(this.#now) === JSON.stringify(next)) return;
    if (this.#now) this.#past.push(this.#now);
    if (this.#past.length > 100) this.#past.shift();
    this.#future = [];
    this.#now = next;
  }

  back(): Step | null {
    return this.#move(this.#past, this.#future);
  }

  forth(): Step | null {
    return this.#move(this.#future, this.#past);
  }

  #move(from: Step[], to: Step[]): Step | null {
    const next = from.pop();
    if (!next) return null;
    if (this.#now) to.push(this.#now);
    this.#now = next;
    return next;
  }
}
