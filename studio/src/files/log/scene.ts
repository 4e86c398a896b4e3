/** How one looks at a log: which lines are seen, whether its end is followed, what is marked and searched. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { keep, kept } from "../../base/keeping";
import { lastPlace, reveal, type Track, within } from "../track";
import { Book } from "./book";
import { type LogMatch, Matches, type Pattern } from "./matches";

export const ROW = 18;
/** Rows drawn above and below what is seen where lines wrap. */
const BESIDE = 12;
/** Rows asked for above and below what is seen. */
const READY = 40;
/** First and last line, counted from 0. */
export type Lines = readonly [first: number, last: number];

/** Lines of an address, counted from 1 there: `120` or `120-140`. */
export function linesOf(text: string | null): Lines | null {
  const found = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(text ?? "");
  if (!found) return null;
  const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])].sort((a, b) => a - b) as [number, number];
  return first < 1 ? null : [first - 1, last - 1];
}

export function textOf([first, last]: Lines): string {
  return first === last ? String(first + 1) : `${first + 1}-${last + 1}`;
}

export class Scene {
  readonly book: Book;
  /** The line at the upper edge, with its fraction. While the end is held it counts for nothing. */
  readonly at = signal(0);
  /** The end stays at the lower edge: what comes is seen. */
  readonly atEnd = signal(false);
  /** The height of what is seen, in pixels. */
  readonly seen = signal(0);
  readonly cursor = signal(0);
  readonly marks = signal<Lines | null>(null);
  readonly wrap = signal(kept("log-wrap") === "on");
  /** Whether times are wanted beside the lines, where the log has some. */
  readonly times = signal(kept("log-times") === "on");
  readonly matches = signal<Matches | null>(null);
  /** How many lines there were when the end was left. */
  readonly #left = signal(0);
  readonly news: ReadonlySignal<number>;
  #opened = false;
  /** Where a range that is marked began. */
  #anchor = 0;

  constructor(run: string, path: string, opened: Lines | null, followed: boolean) {
    this.book = new Book(run, path);
    this.marks.value = opened;
    this.atEnd.value = followed && !opened;
    this.news = computed(() => {
      const lines = this.book.state.value?.lines ?? 0;
      return this.atEnd.value ? 0 : Math.max(0, lines - this.#left.value);
    });
  }

  close(): void {
    this.book.close();
    this.matches.peek()?.close();
  }

  get track(): Track {
    return { rows: this.book.lines, rowHeight: ROW, seen: this.seen.peek() };
  }

  /** The lines to draw: those seen, and where lines wrap some beside them, since only what is drawn can be measured. */
  span(beside = this.wrap.value ? BESIDE : 0): [first: number, end: number] {
    const { rows, seen } = this.track;
    const whole = Math.ceil(seen / ROW) + 1;
    if (this.atEnd.value) return [Math.max(0, rows - whole - beside), rows];
    const first = Math.floor(Math.min(this.at.value, Math.max(0, rows - 1)));
    return [Math.max(0, first - beside), Math.min(rows, first + whole + beside)];
  }

  /** Ask for what is seen, and for what will be soon. */
  want(): void {
    const [first, end] = this.span(READY);
    this.book.want(first, end);
    void this.matches.peek()?.want(first, end);
  }

  /** Read what is new; while the end is held its lines come with it, and with the first answer those that are seen first. */
  async refresh(): Promise<void> {
    const whole = Math.ceil(this.seen.peek() / ROW) + 2;
    const target = (this.marks.peek()?.[0] ?? 0) - this.#above();
    if (this.atEnd.peek()) await this.book.refresh(whole);
    else if (this.#opened) await this.book.refresh(0);
    else await this.book.refresh(whole + 2 * READY, Math.max(0, target - READY));
    if (!this.#opened && this.book.state.peek()) this.#open();
    this.want();
    void this.matches.peek()?.count();
  }

  /** The first time it is known how many lines there are. */
  #open(): void {
    this.#opened = true;
    this.#left.value = this.book.lines;
    const target = this.marks.peek()?.[0];
    if (target === undefined) return;
    this.show(target);
    this.cursor.value = target;
    this.#anchor = target;
  }

  move(at: number, end = false): void {
    batch(() => {
      if (this.atEnd.peek() && !end) this.#left.value = this.book.lines;
      this.at.value = Math.max(0, at);
      this.atEnd.value = end;
    });
    this.want();
  }

  /** Move to a place counted in rows of one height; the last place holds the end. */
  moveRows(at: number): void {
    const place = within(this.track, at);
    this.move(place, place >= lastPlace(this.track));
  }

  /** Where one is, counted in rows, also while the end is held. */
  place(): number {
    return this.atEnd.peek() ? lastPlace(this.track) : this.at.peek();
  }

  /** See a line; one that is not seen comes to the upper third, where also wrapped lines before it leave it in sight. */
  show(line: number): void {
    const row = Math.max(0, Math.min(line, this.book.lines - 1));
    const whole = this.seen.peek() / ROW;
    const below = row + 1 > this.place() + (this.wrap.peek() ? 1 : whole);
    if (row < this.place() || below) this.moveRows(row - this.#above());
  }

  /** How many rows stand above one that is shown. */
  #above(): number {
    return Math.floor(this.wrap.peek() ? 2 : this.seen.peek() / ROW / 3);
  }

  moveCursor(line: number, extending = false): void {
    const to = Math.max(0, Math.min(line, this.book.lines - 1));
    if (extending) this.marks.value = [Math.min(this.#anchor, to), Math.max(this.#anchor, to)];
    else this.#anchor = to;
    this.cursor.value = to;
    if (to < Math.ceil(this.place()) || to + 1 > this.place() + this.seen.peek() / ROW) {
      this.moveRows(reveal(this.track, this.place(), to));
    }
  }

  /** Mark a line, or with Shift all from the marked one to it. */
  mark(line: number, extending: boolean): void {
    const before = this.marks.peek();
    this.cursor.value = line;
    if (extending) this.marks.value = [Math.min(this.#anchor, line), Math.max(this.#anchor, line)];
    else {
      this.#anchor = line;
      this.marks.value = before && before[0] === line && before[1] === line ? null : [line, line];
    }
  }

  setWrap(on: boolean): void {
    this.wrap.value = on;
    keep("log-wrap", on ? "on" : null);
  }

  setTimes(on: boolean): void {
    this.times.value = on;
    keep("log-times", on ? "on" : null);
  }

  find(pattern: Pattern): void {
    this.matches.peek()?.close();
    const matches = pattern.text ? new Matches(this.book.run, this.book.path, pattern) : null;
    this.matches.value = matches;
    if (!matches) return;
    void matches.count().then(() => {
      if (this.matches.peek() === matches && !matches.current.peek()) void this.step(1, true);
    });
  }

  /** Go to the next match or the one before. The first time it is the one nearest to what is seen. */
  async step(direction: 1 | -1, first = false): Promise<LogMatch | null> {
    const matches = this.matches.peek();
    if (!matches) return null;
    const from = matches.current.peek() ?? { line: Math.floor(this.place()), column: -1 };
    const found = await matches.step(from, direction);
    if (found && this.matches.peek() === matches) {
      this.cursor.value = found.line;
      // A search that is typed while lines come must not take the end away from who follows it.
      if (!first || !this.atEnd.peek()) this.show(found.line);
    }
    return found;
  }
}
