/** The matches of a search in one log: all are counted, those near what is seen are at hand. */
import { signal } from "@preact/signals";
import { type AnswerOf, type AskOf, call, type Schemas } from "../../api/call";
import { Failure } from "../../api/failure";

export interface Pattern {
  text: string;
  regex: boolean;
  ignoreCase: boolean;
}

export type LogMatch = Pick<Schemas["LogMatch"], "line" | "column" | "end_column">;

type Place = Pick<LogMatch, "line" | "column">;

/** A stretch of lines whose matches are all known. */
interface Stretch {
  first: number;
  end: number;
  matches: readonly LogMatch[];
}

/** Matches of one answer. */
const LIMIT = 1_000;
/** Stretches at hand. */
const KEPT = 8;
/** A look at what is seen must not look through all the rest. */
const GLANCE_S = 0.05;

type Search = (ask: AskOf<"/logs:search">, signal?: AbortSignal) => Promise<AnswerOf<"/logs:search">>;

export class Matches {
  readonly changed = signal(0);
  readonly total = signal(0);
  /** How much of the log was looked through, 0 to 1. */
  readonly done = signal(0);
  readonly failure = signal<Failure | null>(null);
  readonly current = signal<LogMatch | null>(null);
  /** Lines with matches, spread over all there are. */
  ticks: number[] = [];
  #stretches: Stretch[] = [];
  #searchedTo = 0;
  #lines = 0;
  #counting = false;
  readonly #stop = new AbortController();
  #glancing = false;
  readonly #run: string;
  readonly #path: string;
  readonly #search: Search;

  constructor(
    run: string,
    path: string,
    readonly pattern: Pattern,
    search: Search = (ask, signal) => call("/logs:search", ask, signal),
  ) {
    this.#run = run;
    this.#path = path;
    this.#search = search;
  }

  close(): void {
    this.#stop.abort();
  }

  /** Count the matches of lines that were not looked through yet, to the end of the log. */
  async count(): Promise<void> {
    if (this.#counting) return;
    this.#counting = true;
    let first: number | null = this.#searchedTo;
    this.#stretches = this.#stretches.map((each) => ({ ...each, end: Math.min(each.end, this.#searchedTo) }));
    while (first !== null && !this.#stop.signal.aborted) {
      const found = await this.#look(first, LIMIT);
      if (!found) break;
      const { lines, settled, sealed } = found.state;
      this.ticks.push(...found.ticks.map((tick) => Math.round(tick * lines)));
      // Lines that may still be overwritten are looked through again, and counted, when they are settled.
      const to: number = found.next_line ?? (sealed ? lines : Math.max(first, settled));
      const early = found.next_line === null ? found.matches.filter((each) => each.line >= to).length : 0;
      this.total.value += found.total - early;
      this.#searchedTo = to;
      this.done.value = found.next_line === null || !lines ? 1 : found.next_line / lines;
      first = found.next_line;
      this.changed.value += 1;
    }
    this.#counting = false;
  }

  /** The matches of a line, as far as they are known. */
  spans(line: number): readonly LogMatch[] {
    const stretch = this.#stretches.find((each) => each.first <= line && line < each.end);
    return stretch ? stretch.matches.filter((each) => each.line === line) : [];
  }

  #covered(first: number, end: number): boolean {
    return this.#stretches.some((each) => each.first <= first && end <= each.end);
  }

  /** Say which lines are seen, so that their matches are known. */
  async want(first: number, end: number): Promise<void> {
    if (this.#glancing || this.#covered(first, end)) return;
    this.#glancing = true;
    await this.#look(first, LIMIT, GLANCE_S);
    this.#glancing = false;
    this.changed.value += 1;
  }

  /** The next match behind a place, or the one before it; beyond the last one comes the first. */
  async step(from: Place, direction: 1 | -1): Promise<LogMatch | null> {
    if (!this.total.peek()) return null;
    const found = direction > 0 ? await this.#after(from) : await this.#before(from);
    if (found) this.current.value = found;
    return found;
  }

  /** Which match it is, counted from 1; undefined where that is not known. */
  ordinal(match: LogMatch): number | undefined {
    const start = this.#stretches.find((each) => each.first === 0);
    const index = start?.matches.findIndex((each) => each.line === match.line && each.column === match.column) ?? -1;
    return index < 0 ? undefined : index + 1;
  }

  async #after(from: Place): Promise<LogMatch | null> {
    const behind = (each: LogMatch) => each.line > from.line || (each.line === from.line && each.column > from.column);
    return (await this.#firstFrom(from.line, behind)) ?? (await this.#firstFrom(0, () => true));
  }

  async #firstFrom(line: number, fits: (match: LogMatch) => boolean): Promise<LogMatch | null> {
    for (let at = line; at < this.#lines; ) {
      const stretch = await this.#stretchAt(at);
      const match = stretch?.matches.find((each) => each.line >= line && fits(each));
      if (match || !stretch) return match ?? null;
      at = stretch.end;
    }
    return null;
  }

  async #before(from: Place): Promise<LogMatch | null> {
    const ticks = [...new Set(this.ticks)].sort((a, b) => b - a);
    // The server only looks forward: a tick says where to begin, so that little is read.
    for (const tick of ticks.filter((each) => each <= from.line).slice(0, 3)) {
      const found = await this.#lastFrom(tick, from);
      if (found) return found;
    }
    return this.#lastFrom(ticks[0] ?? 0, { line: this.#lines, column: 0 });
  }

  /** The last match between a line and a place. */
  async #lastFrom(line: number, before: Place): Promise<LogMatch | null> {
    const fits = ({ line, column }: LogMatch) => line < before.line || (line === before.line && column < before.column);
    let found: LogMatch | null = null;
    for (let at = line; at <= before.line && at < this.#lines; ) {
      const stretch = await this.#stretchAt(at);
      if (!stretch) break;
      found = stretch.matches.findLast(fits) ?? found;
      at = stretch.end;
    }
    return found;
  }

  async #stretchAt(line: number): Promise<Stretch | undefined> {
    const known = () => this.#stretches.find((each) => each.first <= line && line < each.end);
    if (!known()) await this.#look(line, LIMIT);
    return known();
  }

  async #look(first: number, limit: number, timeout_s = 2): Promise<AnswerOf<"/logs:search"> | null> {
    if (this.failure.peek()) return null; // what is refused once is refused again
    const { text, regex, ignoreCase } = this.pattern;
    try {
      const found = await this.#search(
        { run_id: this.#run, path: this.#path, pattern: text, regex, ignore_case: ignoreCase, first, limit, timeout_s },
        this.#stop.signal,
      );
      this.#keep(first, found);
      return found;
    } catch (error) {
      if (this.#stop.signal.aborted) return null;
      this.failure.value = error instanceof Failure ? error : new Failure(0, "error", String(error));
      return null;
    }
  }

  #keep(first: number, found: AnswerOf<"/logs:search">): void {
    this.#lines = found.state.lines;
    const last = found.matches[found.matches.length - 1]?.line ?? first;
    // Of the last line there may be more matches than came; a line with too many is left at those that did.
    const all = found.matches.length === found.total;
    const end = all ? (found.next_line ?? found.state.lines) : Math.max(last, first + 1);
    const matches = found.matches.filter((each) => each.line < end);
    const start = this.#stretches.filter((each) => each.first === 0 && first !== 0);
    const others = this.#stretches.filter((each) => each.first !== 0 && each.first !== first).slice(1 - KEPT);
    this.#stretches = [...start, ...others, { first, end, matches }];
  }
}
