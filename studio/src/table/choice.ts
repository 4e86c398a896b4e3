/** The runs of a table that are chosen, and which of them its rows do not show: they stay chosen when a filter changes. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ENDED } from "../api/run";
import type { Asking, Row } from "./asking";
import { type Column, metricColumns } from "./column";
import type { Rank } from "./rank";
import { quoted, type TableView } from "./view";

/** Of ids that an address can carry, in characters. */
const CARRIED = 1_200;
/** Runs that one answer holds. */
const AT_ONCE = 1_000;

export class Choice {
  readonly ids = signal<ReadonlySet<string>>(new Set());
  /** Whether the order that is shown has a run, as far as that is known, and of which order that is. */
  #known = new Map<string, boolean>();
  #order: string | undefined;
  #asks = false;
  /** Of each run that was seen, whether it had ended. */
  readonly #ended = new Map<string, boolean>();
  readonly #looked = signal(0);
  readonly #asking: Asking;
  readonly #rank: Rank;
  readonly #below: ReadonlySignal<ReadonlySet<string>>;
  readonly #change: (changes: Partial<TableView>, how: "push" | "replace") => void;

  constructor(
    asking: Asking,
    rank: Rank,
    /** Runs on lines that were folded out. */
    below: ReadonlySignal<ReadonlySet<string>>,
    change: (changes: Partial<TableView>, how: "push" | "replace") => void,
  ) {
    this.#asking = asking;
    this.#rank = rank;
    this.#below = below;
    this.#change = change;
  }

  /** How many of those that are chosen the order has. */
  readonly here = computed(() => this.#those(true).length);
  /** Those that no line shows, wherever the table is scrolled to. */
  readonly away = computed(() => this.#those(false).filter((id) => !this.#below.value.has(id)));

  /** Those that run or wait, as far as that is known. */
  readonly active = computed(() => {
    this.#looked.value;
    return [...this.ids.value].filter((id) => this.#ended.get(id) === false);
  });

  #those(here: boolean): string[] {
    this.#looked.value;
    return [...this.ids.value].filter((id) => this.#known.get(id) === here);
  }

  select(ids: Iterable<string>, on: boolean): void {
    const next = new Set(this.ids.peek());
    for (const id of ids) on ? next.add(id) : next.delete(id);
    if (next.size === this.ids.peek().size) return;
    batch(() => {
      this.ids.value = next;
      const text = [...next];
      this.#change({ selected: text.join(",").length <= CARRIED ? text : [] }, "replace");
    });
  }

  clear(): void {
    this.select(this.ids.peek(), false);
  }

  /** Choose none of those that the order has. */
  clearHere(): void {
    this.select(this.#those(true), false);
  }

  /** Show what is chosen alone, or everything where an address cannot name so many. */
  show(): void {
    const filter = `id in (${[...this.ids.peek()].map(quoted).join(", ")})`;
    const all = { statuses: [], experiments: [], archived: true, flat: true };
    this.#change({ ...all, filter: filter.length <= CARRIED ? filter : "" }, "push");
  }

  /** Find out which of those that are chosen the order has; to be done whenever either changes. */
  look(): void {
    const ids = this.ids.value;
    this.#rank.version.value;
    const { id, of } = this.#rank;
    if (!ids.size || !id || !of) return;
    if (id !== this.#order) this.#known = new Map();
    this.#order = id;
    for (const row of this.#rank.rows()) this.#known.set(this.#see(row), true);
    this.#looked.value = this.#looked.peek() + 1;
    const unknown = [...ids].filter((each) => !this.#known.has(each)).slice(0, AT_ONCE);
    if (unknown.length && !this.#asks) this.#ask(id, of, unknown);
  }

  #see({ run }: Row): string {
    this.#ended.set(run.run_id, ENDED.has(run.status));
    return run.run_id;
  }

  /** These runs stand in the order. */
  saw(order: string, ids: readonly string[]): void {
    if (order !== this.#order) this.#known = new Map();
    this.#order = order;
    for (const id of ids) this.#known.set(id, true);
  }

  async #ask(order: string, of: NonNullable<Rank["of"]>, ids: readonly string[]): Promise<void> {
    this.#asks = true;
    try {
      const idsOf = (rows: readonly Row[]) => new Set(rows.map((row) => this.#see(row)));
      const here = idsOf(await this.#asking.runs({ ...of, run_ids: ids as string[] }, [], ids.length));
      const others = ids.filter((id) => !here.has(id));
      const there = others.length ? idsOf(await this.runs(others)) : here;
      this.#asks = false;
      if (order === this.#order) for (const id of ids) this.#known.set(id, here.has(id));
      // Nothing can be done any more to what was deleted.
      this.select(
        others.filter((id) => !there.has(id)),
        false,
      );
      this.look();
    } catch {
      this.#asks = false; // the next change asks again
    }
  }

  /** Runs as they are now, in the table's order, at most as many as one answer holds. */
  runs(ids: readonly string[], columns: readonly Column[] = []): Promise<Row[]> {
    const order = this.#rank.of?.order;
    const of = { run_ids: ids as string[], hidden: true, ...(order ? { order } : {}) };
    return this.#asking.runs(of, metricColumns(columns), Math.min(ids.length, AT_ONCE));
  }

  /** Likewise page by page, however many. */
  async *pages(ids: readonly string[], columns: readonly Column[], signal: AbortSignal): AsyncGenerator<Row[]> {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      yield await this.runs(ids.slice(at, at + AT_ONCE), columns);
      signal.throwIfAborted();
    }
  }
}
