/** The state of a runs table: what is shown, chosen, folded out and drawn. Components read it, keys and menus change it. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { listen } from "../api/live";
import { ask, query } from "../base/place";
import type { Asking, Row } from "./asking";
import { textual } from "./cell";
import { Choice } from "./choice";
import { type Column, columnText, metricColumns, readColumns, sortable } from "./column";
import { Eyes } from "./eyes";
import { Grouping, ordersGroups } from "./grouping";
import { BLOCK, Rank } from "./rank";
import { Folds } from "./span";
import { conditions, FILTER_SHIFT, readView, step, type TableView, Undo, writeView } from "./view";

/** What stands on a line of the table. */
export type Line =
  | { kind: "run"; row: Row; head: number; below: boolean }
  | { kind: "group"; index: number; head: number }
  | { kind: "waiting" }
  | { kind: "deleted" };

interface Opened {
  head: number;
  rows: readonly Row[] | null;
  count: number;
}

/** Rows that are folded out at most: more have a list of their own. */
const BELOW = 200;
/** Rows that are read at once where all are. */
const PAGE = 200;

export class Room {
  readonly view: ReadonlySignal<TableView> = computed(() => readView(query.value));
  readonly rank: Rank;
  readonly grouping: Grouping;
  readonly eyes: Eyes;
  readonly choice: Choice;
  /** The columns that the table chooses by itself; null while they are not known. */
  readonly defaults = signal<readonly Column[] | null>(null);
  /** Likewise whether children have rows of their own; known with the columns. */
  readonly flatByDefault = signal(false);
  // Read from their own text alone: other changes of the address leave them the very same, and no row is drawn anew.
  readonly #columnsAsked = computed(() => query.value.get("c") ?? "");
  readonly #columnsChosen = computed(() => readColumns(this.#columnsAsked.value));
  readonly #plain = computed(() =>
    this.#columnsChosen.value.length ? this.#columnsChosen.value : this.defaults.value,
  );
  /** Parameters whose values are texts, by name; a text, since the same again is no change. */
  readonly #texts = computed(() => {
    this.rank.version.value;
    const rows = [...this.rank.rows()];
    const text = ({ kind, name }: Column) => kind === "param" && rows.some((row) => textual(row.run.params[name]));
    return JSON.stringify((this.#plain.value ?? []).filter(text).map((each) => each.name));
  });
  readonly columns = computed(() => {
    const texts: string[] = JSON.parse(this.#texts.value);
    const column = (of: Column): Column =>
      of.kind === "param" && texts.includes(of.name) ? { ...of, text: true } : of;
    return texts.length ? this.#plain.value!.map(column) : this.#plain.value;
  });
  /** The line that keys act on, and the run under the pointer. */
  readonly active = signal(0);
  readonly highlighted = signal<string | null>(null);
  readonly #opened = signal<ReadonlyMap<string, Opened>>(new Map());
  readonly #undo = new Undo();
  readonly #ends: (() => void)[] = [];
  /** Child runs that the filter lets through too, but that have no row of their own. */
  readonly childrenToo = signal(0);
  #anchor = 0;
  /** The order that is shown next begins at its first row, and not where one is. */
  #begins = false;
  readonly #hear: typeof listen;

  constructor(
    readonly asking: Asking,
    readonly experimentId: string | null,
    hear: typeof listen = listen,
    /** Only the direct children of this run. */
    readonly parentId: string | null = null,
  ) {
    this.#hear = hear;

    this.rank = new Rank(asking);
    this.grouping = new Grouping(asking);
    this.eyes = new Eyes(asking, this.rank, this.grouping, this.view, (changes) => this.change(changes, "replace"));
    const below = computed(() => {
      const rows = [...this.#opened.value.values()].flatMap((each) => each.rows ?? []);
      return new Set(rows.map((row) => row.run.run_id));
    });
    this.choice = new Choice(asking, this.rank, below, (changes, how) => this.change(changes, how));
    this.choice.ids.value = new Set(this.view.peek().selected);
  }

  /** Whether to go to the first row now; asked once for each order. */
  takeBegin(): boolean {
    const begins = this.#begins;
    this.#begins = false;
    return begins;
  }

  /** Let in what came since. */
  adopt(): Promise<void> {
    this.#opened.value = new Map();
    this.#begins = true;
    this.grouping.load();
    return this.rank.adopt();
  }

  /** Ask the server, and follow what changes, until `stop`. */
  start(): void {
    this.#ends.push(
      effect(() => this.#undo.see(step(query.value))),
      effect(() => void this.#choose()),
      effect(() => void this.#chooseGroups()),
      effect(() => {
        if (this.#plain.value && this.#decided.value) this.rank.show(metricColumns(this.#plain.value));
      }),
      effect(() => void this.eyes.fetch()),
      effect(() => this.choice.look()),
      effect(() => void (this.#unseen.value && this.rank.adopt())),
      effect(() => void this.#countChildren()),
      this.#hear((notices) => {
        this.rank.hear(notices);
        this.grouping.hear(notices);
        const deleted = notices.filter((notice) => notice.what.includes("deleted"));
        this.choice.select(
          deleted.map((notice) => notice.subject),
          false,
        );
      }),
    );
  }

  /** Runs came or moved that stand in groups: of these no line moves by it. */
  readonly #unseen = computed(() => !!this.#groupAsked.value && this.rank.state.value.fresh !== 0);

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.rank.stop();
    this.grouping.stop();
  }

  /** How many characters stand before a person's filter in what the server is asked. */
  get filterShift(): number {
    const { experiments, filter } = this.view.peek();
    return experiments.length && filter.trim() && !this.experimentId ? FILTER_SHIFT : 0;
  }

  /** Whether children have rows of their own. */
  readonly flat = computed(() => this.view.value.flat ?? this.flatByDefault.value);

  /** Whether that is known; rows that came before would change places. */
  readonly #decided = computed(
    () => this.defaults.value !== null || this.view.value.flat !== null || !this.experimentId,
  );

  showChildren(on: boolean): void {
    this.change({ flat: on === this.flatByDefault.peek() ? null : on });
  }

  /** Child runs below the rows that are there, without rows of their own. */
  readonly folded = computed(() => {
    this.rank.version.value;
    return this.flat.value ? 0 : [...this.rank.rows()].reduce((sum, row) => sum + row.children, 0);
  });

  /** What the server is asked for, as a text: another text, another table. */
  readonly #asked = computed(() =>
    JSON.stringify(conditions({ ...this.view.value, flat: this.flat.value }, this.experimentId, this.parentId)),
  );

  #choose(): void {
    const asked = this.#asked.value;
    this.#opened.value = new Map();
    this.active.value = 0;
    this.#begins = true;
    // Both at once where a view changes both: to show the columns first would ask for them of the rows before.
    const columns = this.#decided.peek() ? this.#plain.peek() : null;
    this.rank.choose(JSON.parse(asked), columns && metricColumns(columns));
  }

  /** How many rows match, once that is known for what is asked. */
  readonly #settled = computed(() => {
    const { count, loading, failure } = this.rank.state.value;
    return loading || failure ? undefined : count;
  });

  /** Why what is shown is not what is asked for: mostly a mistake in the filter. */
  readonly wrong = computed(() => this.rank.state.value.failure);

  async #countChildren(): Promise<void> {
    const asked = this.#asked.value;
    const count = this.#settled.value;
    const { filter, statuses } = this.view.peek();
    const none = this.flat.peek() || !(filter.trim() || statuses.length);
    if (none) this.childrenToo.value = 0;
    if (none || count === undefined) return;
    const { signal } = new AbortController();
    const all = await this.asking
      .rank({ ...JSON.parse(asked), include_children: true, keep: false }, signal)
      .catch(() => null);
    if (this.#asked.peek() === asked && this.#settled.peek() === count)
      this.childrenToo.value = Math.max(0, (all?.total ?? 0) - count);
  }

  readonly #groupAsked = computed(() => query.value.get("g"));
  readonly #aggregateAsked = computed(() => query.value.get("agg"));

  #chooseGroups(): void {
    const asked = this.#asked.value;
    const columns = this.#plain.value;
    if (columns === null || !this.#decided.value) return;
    this.#aggregateAsked.value;
    const { group: by, aggregate, sort } = this.view.peek();
    const order = this.#groupAsked.value === null || !by ? null : { ...sort, by, aggregate };
    this.grouping.choose(JSON.parse(asked), order, columns);
  }

  change(changes: Partial<TableView>, how: "push" | "replace" = "push"): void {
    ask(writeView(changes), how);
  }

  stepBack(): void {
    const found = this.#undo.back();
    if (found) ask(found);
  }

  stepForth(): void {
    const found = this.#undo.forth();
    if (found) ask(found);
  }

  // Lines

  /** Whether what stands on the lines can be sorted by a column; groups can only by what they show, once all are known. */
  orders(column: Column): boolean {
    const { group } = this.view.value;
    const { groups, total } = this.grouping;
    return group ? ordersGroups(column, group) && (total.value ?? 0) <= groups.value.length : sortable(column);
  }

  get heads(): number {
    return this.view.value.group ? this.grouping.groups.value.length : (this.rank.state.value.total ?? 0);
  }

  /** What is folded out, in the order of the lines; a group may stand elsewhere than where it was folded out. */
  readonly #open = computed(() => {
    const places = this.view.value.group && this.grouping.groups.value.map(({ id }) => `group ${id}`);
    return [...this.#opened.value]
      .map(([id, each]) => (places ? { ...each, head: places.indexOf(id) } : each))
      .filter(({ head }) => head >= 0)
      .sort((a, b) => a.head - b.head);
  });
  readonly folds = computed(() => new Folds(this.#open.value.map((each) => [each.head, each.count] as const)));

  get lines(): number {
    return this.heads + this.folds.value.extra;
  }

  line(at: number): Line {
    const { head, below } = this.folds.value.at(at);
    if (below >= 0) {
      const opened = this.#open.value.find((each) => each.head === head);
      const row = opened?.rows?.[below];
      return row ? { kind: "run", row, head, below: true } : { kind: "waiting" };
    }
    if (this.view.value.group) return { kind: "group", index: head, head };
    const row = this.rank.row(head);
    if (row === undefined) return { kind: "waiting" };
    return row ? { kind: "run", row, head, below: false } : { kind: "deleted" };
  }

  rowAt(at: number): Row | null {
    const line = this.line(at);
    return line.kind === "run" ? line.row : null;
  }

  /** Which blocks of rows these lines need, as a text: where it is another, something may have to be asked for. */
  needs(first: number, last: number): string {
    const block = (line: number) => Math.floor(this.folds.value.at(line).head / BLOCK);
    return last > first ? `${block(first)} ${block(last - 1)}` : "";
  }

  /** These lines are seen: what is missing of them is asked for. */
  wantLines(first: number, last: number): void {
    if (this.view.peek().group || last <= first) return;
    const { folds } = this;
    this.rank.want(folds.peek().at(first).head, folds.peek().at(last - 1).head + 1);
  }

  /** What can be folded out below a line, under the name by which it is remembered. */
  #foldable(at: number): { id: string; count: number; ids?: readonly string[] } | null {
    const line = this.line(at);
    if (line.kind === "group") {
      const group = this.grouping.groups.value[line.index];
      return group ? { id: `group ${group.id}`, count: group.runs.length, ids: group.runs } : null;
    }
    if (line.kind !== "run" || line.below || !line.row.children || this.flat.value) return null;
    return { id: line.row.run.run_id, count: line.row.children };
  }

  isOpen(at: number): boolean {
    const found = this.#foldable(at);
    return found !== null && this.#opened.value.has(found.id);
  }

  canFold(at: number): boolean {
    return this.#foldable(at) !== null;
  }

  async fold(at: number, open = !this.isOpen(at)): Promise<void> {
    const found = this.#foldable(at);
    if (!found) return;
    const { head } = this.folds.value.at(at);
    const without = new Map(this.#opened.value);
    without.delete(found.id);
    if (!open) {
      this.#opened.value = without;
      return;
    }
    const count = Math.min(BELOW, found.count);
    const waiting = new Map(without).set(found.id, { head, rows: null, count });
    this.#opened.value = waiting;
    const of = found.ids ? { run_ids: found.ids.slice(0, BELOW) } : { parent_run_id: found.id };
    const rows = await this.asking.runs(
      { ...of, hidden: true, order: { field: "created_at", descending: false } },
      metricColumns(this.columns.peek() ?? []),
      BELOW,
    );
    if (this.#opened.peek().has(found.id))
      this.#opened.value = new Map(this.#opened.peek()).set(found.id, { head, rows, count: rows.length });
  }

  // Chosen runs

  toggle(at: number): void {
    const row = this.rowAt(at);
    if (!row) return;
    this.#anchor = at;
    this.choice.select([row.run.run_id], !this.choice.ids.peek().has(row.run.run_id));
  }

  /** Choose all from the line that was last chosen to this one. */
  extendTo(at: number): void {
    const ids: string[] = [];
    for (let line = Math.min(this.#anchor, at); line <= Math.max(this.#anchor, at); line += 1) {
      const row = this.rowAt(line);
      if (row) ids.push(row.run.run_id);
    }
    this.choice.select(ids, true);
  }

  /** Choose the first runs of the table, at most so many; gives how many there are in all. */
  async selectAll(most: number): Promise<number> {
    const total = this.rank.state.peek().total ?? 0;
    const order = this.rank.id;
    const ids: string[] = [];
    for await (const rows of this.pages([], most)) for (const row of rows) if (row) ids.push(row.run.run_id);
    if (order) this.choice.saw(order, ids);
    this.choice.select(ids, true);
    return total;
  }

  /** The rows of the table, page by page, from its first. */
  async *pages(
    columns: readonly Column[],
    most = Number.POSITIVE_INFINITY,
    signal = new AbortController().signal,
  ): AsyncGenerator<readonly (Row | null)[]> {
    const id = this.rank.id;
    const total = Math.min(most, this.rank.state.peek().total ?? 0);
    if (!id) return;
    for (let first = 0; first < total; first += PAGE)
      yield await this.asking.rows(id, first, Math.min(PAGE, total - first), metricColumns(columns), signal);
  }

  /** Show another column in the place of one, e.g. another figure of a metric; the order of rows follows it. */
  replaceColumn(before: Column, next: Column): void {
    const { sort } = this.view.peek();
    const columns = (this.columns.peek() ?? []).map((each) => (each === before ? next : each));
    const unique = columns.filter(
      (each, at) => columns.findIndex((other) => columnText(other) === columnText(each)) === at,
    );
    batch(() => {
      this.setColumns(unique);
      if (columnText(sort.column) === columnText(before) && sortable(next))
        this.change({ sort: { ...sort, column: next } }, "replace");
    });
  }

  /** Take a column out, put one in, or change one; the table's own choice becomes the person's. */
  setColumns(next: readonly Column[]): void {
    const own = this.defaults.peek();
    const same = own && next.map(columnText).join() === own.map(columnText).join();
    this.change({ columns: same ? null : next });
  }
}
