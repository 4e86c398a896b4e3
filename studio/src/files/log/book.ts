/** The lines of one log that are at hand: asked for in blocks by number, near what is seen; those read longest ago are given up. */
import { signal } from "@preact/signals";
import { type AnswerOf, type AskOf, call, type Schemas } from "../../api/call";
import { Failure } from "../../api/failure";

export type LogLine = Schemas["LogLine"];
export type LogState = Schemas["LogState"];

/** Lines of one request: some screens, little enough to come at once. */
const BLOCK = 256;
const KEPT_BLOCKS = 24;
/** Characters of all lines at hand: bounds memory where lines are long. */
const KEPT_CHARS = 3_000_000;
const AT_ONCE = 2;
const RETRY_MS = 3_000;

type Read = (ask: AskOf<"/logs:read">) => Promise<AnswerOf<"/logs:read">>;

interface Block {
  lines: Map<number, LogLine>;
  chars: number;
}

export class Book {
  /** Grows whenever something that may be drawn has changed. */
  readonly changed = signal(0);
  readonly state = signal<LogState | null>(null);
  /** Whether it is known of any line when it was seen; of a log that was uploaded whole it is not. */
  readonly timed = signal(false);
  readonly failure = signal<Failure | null>(null);
  readonly #blocks = new Map<number, Block>();
  /** Lines that may have been overwritten since they were read; they are shown until they come again. */
  readonly #stale = new Set<number>();
  #wanted: [first: number, end: number] = [0, 0];
  readonly #asked = new Set<number>();
  #refreshing = false;
  #again = false;
  #closed = false;
  readonly #read: Read;

  constructor(
    readonly run: string,
    readonly path: string,
    read: Read = (ask) => call("/logs:read", ask),
  ) {
    this.#read = read;
  }

  close(): void {
    this.#closed = true;
  }

  get lines(): number {
    return this.state.peek()?.lines ?? 0;
  }

  line(number: number): LogLine | undefined {
    return this.#blocks.get(Math.floor(number / BLOCK))?.lines.get(number);
  }

  /** Say which lines are seen: what is missing of them comes. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    this.#fill();
  }

  /** Learn what the log is by now, with so many lines from one on, else with its last ones. The first call opens it. */
  async refresh(count: number, first = -count): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    do {
      this.#again = false;
      await this.#attempt(async () => {
        const page = await this.#read({ run_id: this.run, path: this.path, first: count ? first : 0, count });
        this.#take(page.lines, page.state);
      });
    } while (this.#again && !this.#closed);
    this.#refreshing = false;
  }

  /** Text of a cut line from a byte on. */
  async rest(offset: number): Promise<LogLine | undefined> {
    const page = await this.#read({ run_id: this.run, path: this.path, offset, count: 1 });
    return page.lines[0];
  }

  /** Lines for copying, as they are by now. */
  async range(first: number, end: number): Promise<LogLine[]> {
    const found: LogLine[] = [];
    while (first + found.length < end) {
      const at = first + found.length;
      const page = await this.#read({
        run_id: this.run,
        path: this.path,
        first: at,
        count: Math.min(10_000, end - at),
      });
      if (!page.lines.length) break;
      found.push(...page.lines);
    }
    return found;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.failure.peek()) this.failure.value = null;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure(0, "error", String(error));
      this.failure.value = failure;
      if (failure.passing && !this.#closed) setTimeout(() => this.refresh(0), RETRY_MS);
    }
  }

  #take(lines: readonly LogLine[], state: LogState): void {
    const before = this.state.peek();
    if (before && before.version !== state.version) {
      this.#blocks.clear();
      this.#stale.clear();
      this.timed.value = false;
    } else if (before && before.changed_at !== state.changed_at) {
      for (let line = Math.min(before.settled, before.lines); line < before.lines; line += 1) this.#stale.add(line);
    }
    for (const line of lines) this.#put(line);
    if (lines.some((line) => line.at !== null)) this.timed.value = true;
    this.#trim();
    this.state.value = state;
    this.changed.value += 1;
    this.#fill();
  }

  #put(line: LogLine): void {
    const index = Math.floor(line.number / BLOCK);
    const block = this.#blocks.get(index) ?? { lines: new Map(), chars: 0 };
    block.chars += line.text.length - (block.lines.get(line.number)?.text.length ?? 0);
    block.lines.set(line.number, line);
    this.#blocks.delete(index); // and to the end: the order is that of the last use
    this.#blocks.set(index, block);
    this.#stale.delete(line.number);
  }

  #trim(): void {
    let chars = 0;
    for (const block of this.#blocks.values()) chars += block.chars;
    const [first, end] = this.#wanted;
    for (const [index, block] of this.#blocks) {
      if (this.#blocks.size <= KEPT_BLOCKS && chars <= KEPT_CHARS) return;
      if (index >= Math.floor(first / BLOCK) && index <= Math.floor(end / BLOCK)) continue;
      this.#blocks.delete(index);
      chars -= block.chars;
    }
  }

  #missing(first: number, end: number): number {
    for (let line = first; line < end; line += 1) if (!this.line(line) || this.#stale.has(line)) return line;
    return end;
  }

  /** Ask for the first block that is wanted and not there; those that nobody wants any more are not asked for. */
  #fill(): void {
    const first = Math.max(0, this.#wanted[0]);
    const end = Math.min(this.lines, this.#wanted[1]);
    for (let block = Math.floor(first / BLOCK); block * BLOCK < end; block += 1) {
      if (this.#asked.size >= AT_ONCE || this.#closed) return;
      const from = Math.max(first, block * BLOCK);
      const to = Math.min(end, (block + 1) * BLOCK);
      if (this.#asked.has(block) || this.#missing(from, to) === to) continue;
      const start = this.#missing(block * BLOCK, (block + 1) * BLOCK);
      void this.#ask(block, start);
    }
  }

  async #ask(block: number, first: number): Promise<void> {
    this.#asked.add(block);
    let came = 0;
    await this.#attempt(async () => {
      const count = (block + 1) * BLOCK - first;
      const page = await this.#read({ run_id: this.run, path: this.path, first, count });
      came = page.lines.length;
      this.#asked.delete(block);
      this.#take(page.lines, page.state);
    });
    this.#asked.delete(block);
    if (came) this.#fill();
  }
}
