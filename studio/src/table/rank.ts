/** The runs of a table by their place in its order: blocks of rows near those that are seen, kept fresh by notices. */
import { signal } from "@preact/signals";
import { Failure } from "../api/failure";
import type { Notice } from "../api/live";
import type { Asking, Row } from "./asking";
import { type MetricColumn, metricKey } from "./column";
import { added } from "./news";
import type { Conditions } from "./view";

export const BLOCK = 100;
/** Blocks kept on each side of those that are seen. */
const KEPT = 3;
/** The first rows, which charts draw by themselves wherever the table is scrolled to. */
export const TOP = 10;
/** Rows are asked for anew, and new runs counted, at most so often. */
const REFRESH_MS = 500;
const RECOUNT_MS = 3_000;

type Block = (Row | null)[];

/** One answer to "which runs, in which order": what it holds never moves. */
interface Order {
  id: string;
  of: Conditions;
  total: number;
  /** Of all its runs, as they stand: another one, another order. */
  digest: string;
  blocks: Map<number, Block>;
  top: readonly Row[];
  /** The runs of its first block. */
  head: readonly (string | null)[];
}

export interface RankState {
  /** How many rows there are; undefined before the first answer. */
  total: number | undefined;
  /** How many runs match by now, as far as is known. */
  count: number | undefined;
  /** Why the present conditions gave nothing; the rows before stay. */
  failure: Failure | undefined;
  loading: boolean;
  /** Runs that came since and are not shown yet; null where others left or moved too. */
  fresh: number | null;
}

export class Rank {
  readonly state = signal<RankState>({
    total: undefined,
    count: undefined,
    failure: undefined,
    loading: false,
    fresh: 0,
  });
  /** Grows whenever a row changes. */
  readonly version = signal(0);
  #conditions: Conditions | null = null;
  #columns: readonly MetricColumn[] = [];
  #columnsKnown = () => {};
  readonly #known = new Promise<void>((resolve) => (this.#columnsKnown = resolve));
  #now: Order | null = null;
  #wanted: readonly [number, number] = [0, 1];
  #first = 0;
  readonly #asked = new Map<number, AbortController>();
  #loading: AbortController | null = null;
  readonly #stale = new Set<string>();
  #refreshTimer = 0;
  #recountTimer = 0;
  #stopped = false;
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Show these columns of what meets these conditions, once either is known; what is shown stays until its first rows are there. */
  async choose(conditions: Conditions, columns: readonly MetricColumn[] | null): Promise<void> {
    this.#conditions = conditions;
    if (columns) this.#know(columns);
    this.#first = 0;
    this.#wanted = [0, 1];
    await this.#load();
  }

  /** Show these metric columns; those that are there already stay. */
  show(columns: readonly MetricColumn[]): void {
    const known = new Set(this.#columns.map(metricKey));
    const more = columns.some((each) => !known.has(metricKey(each)));
    this.#know(columns);
    if (!more || !this.#now) return;
    for (const block of this.#blocksWanted()) this.#fetch(block);
    for (const block of [...this.#now.blocks.keys()]) if (!this.#near(block)) this.#now.blocks.delete(block);
  }

  #know(columns: readonly MetricColumn[]): void {
    this.#columns = columns;
    this.#columnsKnown();
  }

  /** The rows that are seen, `last` excluded: their blocks come, far ones go. */
  want(first: number, last: number): void {
    const ahead = Math.sign(first - this.#first);
    this.#first = first;
    this.#wanted = [Math.floor(first / BLOCK), Math.floor(Math.max(first, last - 1) / BLOCK) + 1];
    if (!this.#now) return;
    for (const block of [...this.#now.blocks.keys()]) if (!this.#near(block)) this.#now.blocks.delete(block);
    for (const [block, controller] of this.#asked) if (!this.#near(block)) controller.abort();
    // And the next one in the direction in which somebody scrolls, so that it is there when they are.
    const next = ahead > 0 ? [this.#wanted[1]] : ahead < 0 ? [this.#wanted[0] - 1] : [];
    const { total } = this.#now;
    const there = next.filter((block) => block >= 0 && block * BLOCK < total);
    for (const block of [...this.#blocksWanted(), ...there])
      if (!this.#now.blocks.has(block) && !this.#asked.has(block)) this.#fetch(block);
  }

  row(index: number): Row | null | undefined {
    return this.#now?.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  get top(): readonly Row[] {
    return this.#now?.top ?? [];
  }

  /** The name under which the server keeps this order. */
  get id(): string | undefined {
    return this.#now?.id;
  }

  /** What the runs of this order meet. */
  get of(): Conditions | undefined {
    return this.#now?.of;
  }

  /** How many rows are known to have been deleted since. */
  get deleted(): number {
    let found = 0;
    for (const block of this.#now?.blocks.values() ?? []) for (const row of block) if (!row) found += 1;
    return found;
  }

  /** Every row that is there. */
  *rows(): Generator<Row> {
    for (const block of this.#now?.blocks.values() ?? []) for (const row of block) if (row) yield row;
  }

  /** Something changed: rows that are there are asked for anew where they stand, others may be new runs. */
  hear(notices: readonly Notice[]): void {
    if (!this.#now) return;
    const here = new Set<string>();
    for (const row of this.rows()) here.add(row.run.run_id);
    for (const row of this.top) here.add(row.run.run_id);
    for (const { subject } of notices) if (here.has(subject)) this.#stale.add(subject);
    if (this.#stale.size && !this.#refreshTimer) this.#refreshTimer = this.#later(REFRESH_MS, () => this.#refresh());
    // Whatever changes of a run may let it in or out, or have it stand elsewhere.
    const { filter = "", order } = this.#now.of;
    const measured = order?.field === "metric" || /metrics\b/i.test(filter);
    const heard = new Set(notices.flatMap((notice) => notice.what));
    const moves = heard.has("run") || heard.has("deleted");
    if (!this.#recountTimer && (moves || (measured && heard.has("metrics")))) {
      const wait = moves && !this.#now.total ? REFRESH_MS : RECOUNT_MS;
      this.#recountTimer = this.#later(wait, () => this.#recount());
    }
  }

  /** Take in what came since. */
  adopt(): Promise<void> {
    return this.#load();
  }

  stop(): void {
    this.#stopped = true;
    this.#loading?.abort();
    for (const controller of this.#asked.values()) controller.abort();
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#recountTimer);
  }

  #later(wait: number, then: () => void): number {
    return setTimeout(then, wait) as unknown as number;
  }

  *#blocksWanted(): Generator<number> {
    for (let block = this.#wanted[0]; block < this.#wanted[1]; block += 1)
      if (this.#now && block * BLOCK < this.#now.total) yield block;
  }

  #near(block: number): boolean {
    return block >= this.#wanted[0] - KEPT && block < this.#wanted[1] + KEPT;
  }

  #set(changes: Partial<RankState>): void {
    this.state.value = { ...this.state.peek(), ...changes };
  }

  async #load(): Promise<void> {
    const conditions = this.#conditions;
    if (!conditions || this.#stopped) return;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#set({ loading: true });
    try {
      // Which rows there are does not hang on their columns: both are found out at a time.
      const [{ rank_id: id, total, digest }] = await Promise.all([
        this.#asking.rank(conditions, loading.signal),
        this.#known,
      ]);
      const last = Math.max(0, Math.ceil(total / BLOCK) - 1);
      const [from, to] = [Math.min(this.#wanted[0], last), Math.min(this.#wanted[1], last + 1)];
      const needed = [...new Set([0, ...Array.from({ length: Math.max(1, to - from) }, (_, at) => from + at)])];
      const blocks = await Promise.all(
        needed.map((block) => (total ? this.#ask(id, block, total, loading.signal) : Promise.resolve([]))),
      );
      if (loading.signal.aborted) return;
      for (const controller of this.#asked.values()) controller.abort();
      this.#asked.clear();
      const top = (blocks[0] ?? []).filter((row): row is Row => row !== null).slice(0, TOP);
      const head = (blocks[0] ?? []).map(idOf);
      this.#now = {
        id,
        of: conditions,
        total,
        digest,
        top,
        head,
        blocks: new Map(needed.map((block, at) => [block, blocks[at]!])),
      };
      this.version.value += 1;
      this.#set({ total, count: total, failure: undefined, loading: false, fresh: 0 });
    } catch (error) {
      if (loading.signal.aborted) return;
      const failure = asFailure(error);
      this.#set({ failure, loading: false, count: undefined });
      if (failure.passing) this.#later(RECOUNT_MS, () => this.#loading === loading && this.#load());
    }
  }

  #ask(id: string, block: number, total: number, signal: AbortSignal): Promise<Block> {
    const first = block * BLOCK;
    return this.#asking.rows(id, first, Math.min(BLOCK, total - first), this.#columns, signal);
  }

  async #fetch(block: number): Promise<void> {
    const order = this.#now;
    if (!order) return;
    this.#asked.get(block)?.abort();
    const controller = new AbortController();
    this.#asked.set(block, controller);
    try {
      const rows = await this.#ask(order.id, block, order.total, controller.signal);
      if (this.#now !== order || controller.signal.aborted) return;
      order.blocks.set(block, rows);
      this.version.value += 1;
    } catch (error) {
      if (controller.signal.aborted || this.#now !== order) return;
      const failure = asFailure(error);
      // The server keeps an order for a while only: the same is asked for again.
      if (failure.status === 410 || failure.status === 404) {
        if (!this.state.peek().loading) this.#load(); // once, however many blocks were told so
      } else if (failure.passing) this.#later(RECOUNT_MS, () => this.want(...this.#rowsWanted()));
      else this.#set({ failure });
    } finally {
      if (this.#asked.get(block) === controller) this.#asked.delete(block);
    }
  }

  #rowsWanted(): [number, number] {
    return [this.#wanted[0] * BLOCK, this.#wanted[1] * BLOCK];
  }

  async #refresh(): Promise<void> {
    const order = this.#now;
    const conditions = this.#conditions;
    const ids = [...this.#stale];
    this.#stale.clear();
    if (order && conditions) {
      try {
        const found = await this.#asking.runs({ run_ids: ids, hidden: true }, this.#columns, ids.length);
        if (this.#now === order && !this.#stopped) this.#put(order, ids, found);
      } catch {
        // The next notice asks again.
      }
    }
    this.#refreshTimer = 0;
    if (this.#stale.size && !this.#stopped) this.#refreshTimer = this.#later(REFRESH_MS, () => this.#refresh());
  }

  #put(order: Order, ids: readonly string[], found: readonly Row[]): void {
    const asked = new Set(ids);
    const byId = new Map(found.map((row) => [row.run.run_id, row]));
    const changed = (row: Row | null): Row | null => {
      if (!row || !asked.has(row.run.run_id)) return row;
      const next = byId.get(row.run.run_id);
      if (!next) return null;
      // What was before that is of no use any more, and would hold on to all that ever was.
      const { before: _, ...before } = row;
      return { ...next, children: row.children, before, changedAt: Date.now() };
    };
    for (const [block, rows] of order.blocks)
      if (rows.some((row) => row && asked.has(row.run.run_id))) order.blocks.set(block, rows.map(changed));
    order.top = order.top.map(changed).filter((row): row is Row => row !== null);
    this.version.value += 1;
  }

  async #recount(): Promise<void> {
    this.#recountTimer = 0;
    const conditions = this.#conditions;
    const order = this.#now;
    if (!conditions || !order || this.#stopped) return;
    try {
      const { signal } = new AbortController();
      // Mostly nothing moved: then the server keeps no order that nobody reads, which would push out those of other tables.
      const { total, digest } = await this.#asking.rank({ ...conditions, keep: false }, signal);
      const stale = () => this.#now !== order || this.#conditions !== conditions || this.#stopped;
      if (stale()) return;
      // Nothing can move under the pointer where nothing is.
      if (!order.total) return total ? await this.#load() : undefined;
      this.#set({ count: total });
      if (digest === order.digest) return this.#set({ fresh: 0 });
      // Once something left or moved, that stays so until the reader takes in what is new.
      if (this.state.peek().fresh === null) return;
      const fresh = await this.#arrived(order, conditions, signal);
      if (!stale()) this.#set({ fresh });
    } catch {
      // The next notice asks again.
    }
  }

  /** How many runs came to an order that is another one by now; null where others left or moved too. */
  async #arrived(order: Order, conditions: Conditions, signal: AbortSignal): Promise<number | null> {
    const { rank_id: id, total } = await this.#asking.rank(conditions, signal);
    const idsFrom = async (first: number): Promise<readonly (string | null)[]> => {
      const count = Math.min(BLOCK, total - first);
      return count > 0 ? (await this.#asking.rows(id, first, count, [], signal)).map(idOf) : [];
    };
    const fresh = added({ total: order.total, ids: order.head }, { total, ids: await idsFrom(0) });
    if (!fresh) return null; // what differs may stand where nobody looked
    for (const block of this.#blocksWanted()) {
      const rows = block > 0 && order.blocks.get(block);
      const now = rows && (await idsFrom(block * BLOCK + fresh));
      if (now && rows.some((row, at) => idOf(row) !== now[at])) return null;
    }
    return fresh;
  }
}

function idOf(row: Row | null): string | null {
  return row ? row.run.run_id : null;
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(0, "error", String(error));
}
