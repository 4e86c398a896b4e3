/** Groups of runs by a parameter or a tag, with the figures of each over its runs. */
import { signal } from "@preact/signals";
import { Failure } from "../api/failure";
import type { Notice } from "../api/live";
import { exact } from "../base/number";
import type { Asking, GroupAsk, Groups } from "./asking";
import type { Column } from "./column";
import { columnText } from "./column";
import type { Conditions } from "./view";
import { tableWords } from "./words";

export type GroupedFigure = Groups["groups"][number]["figures"][number];

export interface Group {
  /** Names it in this table: the value as JSON. */
  id: string;
  value: unknown;
  /** How many runs, and the first of them. */
  count: number;
  runs: readonly string[];
  /** By the text of the column. */
  figures: ReadonlyMap<string, GroupedFigure>;
}

/** A group's figures change with every point of every run: they are asked for anew at most so often. */
const PACE_MS = 5_000;
const STATS: ReadonlySet<string> = new Set(["last", "min", "max", "mean", "first", "count"]);
/** What the server takes over groups at once. */
const FIGURES = 50;

const FIELDS: Record<string, GroupAsk["by"][number]["field"]> = {
  status: "status",
  target: "target",
  experiment: "experiment",
  user: "submitted_by",
};

/** What the server groups by for a column; null where runs cannot be grouped by it. */
export function groupKey(column: Column): GroupAsk["by"][number] | null {
  if (column.kind === "metric") return null;
  if (column.kind !== "own") return { field: column.kind, key: column.name };
  const field = FIELDS[column.name];
  return field ? { field } : null;
}

/** A group's value as people read it. */
export function groupLabel(value: unknown): string {
  if (value === null || value === undefined) return tableWords().lacking;
  return typeof value === "string" ? value : typeof value === "number" ? exact(value) : JSON.stringify(value);
}

/** With the name of what they have in common, where the value alone would tell little. */
export function groupTitle(by: Column | null, value: unknown): string {
  const label = groupLabel(value);
  if (!by || by.kind === "own") return label;
  return value === null ? `${label} ${by.name}` : `${by.name} = ${label}`;
}

export class Grouping {
  readonly groups = signal<readonly Group[]>([]);
  /** How many groups there are, those that were not sent too. */
  readonly total = signal<number | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  #ask: GroupAsk | null = null;
  #running = 0;
  #timer = 0;
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Show these groups; null shows none. */
  async choose(conditions: Conditions, by: Column | null, columns: readonly Column[]): Promise<void> {
    const key = by && groupKey(by);
    if (!key) {
      this.#ask = null;
      this.groups.value = [];
      this.total.value = undefined;
      return;
    }
    const figures = columns
      .filter((each) => each.kind === "metric" && STATS.has(each.stat))
      .slice(0, FIGURES)
      .map((each) => each as Extract<Column, { kind: "metric" }>);
    this.#ask = {
      ...conditions,
      by: [key],
      figures: figures.map((each) => ({
        metric: each.name,
        column: each.column,
        stat: each.stat as NonNullable<NonNullable<GroupAsk["figures"]>[number]["stat"]>,
      })),
      limit: 1000,
    };
    await this.#load(figures.map(columnText));
  }

  async #load(keys: readonly string[]): Promise<void> {
    const ask = this.#ask;
    const mine = ++this.#running;
    if (!ask) return;
    this.#keys = keys;
    try {
      const found = await this.#asking.groups(ask);
      if (mine !== this.#running) return;
      this.groups.value = found.groups.map((group) => ({
        id: JSON.stringify(group.values[0] ?? null),
        value: group.values[0] ?? null,
        count: group.runs,
        runs: group.run_ids,
        figures: new Map(keys.map((each, at) => [each, group.figures[at]!])),
      }));
      this.total.value = found.total;
      this.failure.value = undefined;
    } catch (error) {
      if (mine === this.#running)
        this.failure.value = error instanceof Failure ? error : new Failure(0, "error", String(error));
    }
  }

  #keys: readonly string[] = [];

  hear(notices: readonly Notice[]): void {
    const matters = (notice: Notice) => notice.what.some((each) => ["run", "metrics", "deleted"].includes(each));
    if (!this.#ask || this.#timer || !notices.some(matters)) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#load(this.#keys);
    }, PACE_MS) as unknown as number;
  }

  stop(): void {
    this.#ask = null;
    this.#running += 1;
    clearTimeout(this.#timer);
  }
}
