/** Which runs charts draw and in which colours: the first rows, without those whose eye was closed, and those whose eye was opened. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { nameOf } from "../api/run";
import { type Ink, inks } from "../base/colour";
import { query } from "../base/place";
import type { Asking, Row } from "./asking";
import { type Grouping, groupTitle } from "./grouping";
import { type Rank, TOP } from "./rank";
import type { TableView } from "./view";

/** A run that charts draw. */
export interface DrawnRun {
  run: string;
  label: string;
  ink: Ink;
  status: string;
}

/** Runs that charts draw as one. */
export interface DrawnGroup {
  label: string;
  ink: Ink;
  runs: string[];
  count: number;
  aggregate: "mean" | "median";
  band: "std" | "minmax" | "quartiles";
}

/** Groups that charts draw. */
const DRAWN_GROUPS = 10;
/** As many runs are drawn where somebody wants more than the first ones. */
export const MORE = 50;
/** The server tells of so many runs at once. */
const NAMED = 1_000;

/** The line and the band that show what the table says of a group; around a median they are what is around the middle. */
const DRAWN_AS = {
  "mean-std": { aggregate: "mean", band: "std" },
  "min-max": { aggregate: "mean", band: "minmax" },
  median: { aggregate: "median", band: "quartiles" },
} as const;

export class Eyes {
  readonly #extra = signal<ReadonlyMap<string, Row>>(new Map());
  #before: readonly DrawnRun[] = [];
  readonly #asking: Asking;
  readonly #rank: Rank;
  readonly #grouping: Grouping;
  readonly #view: ReadonlySignal<TableView>;
  readonly #change: (changes: Partial<TableView>) => void;

  constructor(
    asking: Asking,
    rank: Rank,
    grouping: Grouping,
    view: ReadonlySignal<TableView>,
    change: (changes: Partial<TableView>) => void,
  ) {
    this.#asking = asking;
    this.#rank = rank;
    this.#grouping = grouping;
    this.#view = view;
    this.#change = change;
  }

  /** Whether more than the first ten runs are wanted; part of the address, though not of what the table shows. */
  readonly more = computed(() => query.value.has("top"));
  #kept: { id: string | undefined; rows: readonly Row[] } = { id: "", rows: [] };

  /** The first rows, also while the table is scrolled so far away that it has let go of them. */
  readonly #top = computed(() => {
    this.#rank.version.value;
    const { id, top } = this.#rank;
    if (!this.more.value) return top;
    const rows = Array.from({ length: MORE }, (_, at) => this.#rank.row(at)).flatMap((row) => row ?? []);
    if (rows.length) this.#kept = { id, rows };
    return this.#kept.id === id ? this.#kept.rows : top;
  });

  readonly #rows = computed(() => {
    const { hidden, shown } = this.#view.value;
    const away = new Set(hidden);
    const rows = new Map(this.#top.value.map((row) => [row.run.run_id, row]));
    const known = this.#extra.value;
    for (const id of shown) {
      const row = known.get(id);
      if (row) rows.set(id, rows.get(id) ?? row);
    }
    return [...rows.values()].filter((row) => !away.has(row.run.run_id));
  });

  readonly drawn: ReadonlySignal<readonly DrawnRun[]> = computed(() => {
    const rows = this.#rows.value;
    const dealt = inks(rows.map((row) => row.run.run_id));
    const next = rows.map(({ run }) => ({
      run: run.run_id,
      label: nameOf(run),
      ink: dealt.get(run.run_id)!,
      status: run.status,
    }));
    // The same again is no change: charts need not be drawn anew for each new value of a row.
    if (JSON.stringify(next) !== JSON.stringify(this.#before)) this.#before = next;
    return this.#before;
  });

  /** Whether charts draw a part only of what the table shows, or would by themselves. */
  readonly less = computed(() => {
    const groups = this.groups.value;
    if (groups) return groups.length < (this.#grouping.total.value ?? 0);
    const total = this.#rank.state.value.total ?? 0;
    return this.drawn.value.length < total || (this.more.value && total > TOP);
  });

  readonly inkOf = computed(() => new Map(this.drawn.value.map((each) => [each.run, each.ink])));

  toggle(row: Row): void {
    const id = row.run.run_id;
    const { hidden, shown } = this.#view.peek();
    const first = this.#top.peek().some((each) => each.run.run_id === id);
    const drawn = this.inkOf.peek().has(id);
    const without = (list: readonly string[]) => list.filter((each) => each !== id);
    this.#extra.value = new Map(this.#extra.peek()).set(id, row);
    this.#change({
      hidden: drawn && first ? [...without(hidden), id] : without(hidden),
      shown: drawn || first ? without(shown) : [...without(shown), id],
    });
  }

  /** Ask for runs that an address names and that nobody has seen yet. */
  async fetch(): Promise<void> {
    const missing = this.#view.value.shown.filter((id) => !this.#extra.peek().has(id));
    if (!missing.length) return;
    const found = await this.#asking.runs({ run_ids: missing, hidden: true }, [], missing.length).catch(() => []);
    this.#extra.value = new Map([...this.#extra.peek(), ...found.map((row) => [row.run.run_id, row] as const)]);
  }

  /** Inks of the first groups, which charts draw. */
  readonly groupInks = computed(() => inks(this.#grouping.groups.value.slice(0, DRAWN_GROUPS).map((each) => each.id)));

  /** The first groups as charts draw them; null where there are none to draw. */
  readonly groups: ReadonlySignal<readonly DrawnGroup[] | null> = computed(() => {
    const { group, aggregate } = this.#view.value;
    if (!group) return null;
    const dealt = this.groupInks.value;
    return this.#grouping.groups.value.slice(0, DRAWN_GROUPS).map(({ id, value, runs, count }) => ({
      label: groupTitle(group, value),
      ink: dealt.get(id)!,
      runs: [...runs],
      count,
      ...DRAWN_AS[aggregate],
    }));
  });

  readonly #members = signal<ReadonlyMap<string, string>>(new Map());

  /** Ask what the runs of groups are called: groups come with their ids alone. */
  async nameMembers(): Promise<void> {
    const ids = (this.groups.peek() ?? []).flatMap((each) => each.runs);
    const run_ids = ids.filter((id) => !this.#members.peek().has(id)).slice(0, NAMED);
    if (!run_ids.length) return;
    const found = await this.#asking.runs({ run_ids, hidden: true }, [], run_ids.length).catch(() => []);
    this.#members.value = new Map([
      ...this.#members.peek(),
      ...found.map(({ run }) => [run.run_id, nameOf(run)] as const),
    ]);
  }

  /**
   * The runs of these groups, one of each in turn, so that what is drawn of them knows all groups. Each bears its own name
   * beside that of its group: what can show one run only shows this one, and not the group.
   */
  readonly groupedRuns: ReadonlySignal<readonly DrawnRun[]> = computed(() => {
    const groups = this.groups.value ?? [];
    const names = this.#members.value;
    const longest = Math.max(0, ...groups.map((each) => each.runs.length));
    return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
      groups.flatMap(({ label, ink, runs }) => {
        const run = runs[at];
        return run ? [{ run, label: `${names.get(run) ?? run} (${label})`, ink, status: "Completed" }] : [];
      }),
    );
  });
}
