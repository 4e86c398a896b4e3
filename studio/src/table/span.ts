/** Where rows stand: of so many rows of one height, which are seen, also where all of them are higher than a browser can scroll. */

/** What Firefox and Chromium both scroll without losing pixels. */
export const MAX_HEIGHT = 8_000_000;

export interface Span {
  /** The height of the scrolled body, in pixels. */
  height: number;
  /** The rows to draw, `last` excluded. */
  first: number;
  last: number;
  /** Where row `first` stands in the body; the others follow. */
  top: number;
}

/** Rows drawn beyond what is seen, so that slow scrolling never shows an edge. */
const BESIDE = 4;

/** How many rows' pixels one pixel of the scroll bar stands for. */
function stretch(rows: number, rowHeight: number, viewport: number): number {
  const whole = rows * rowHeight;
  return whole <= MAX_HEIGHT ? 1 : (whole - viewport) / (MAX_HEIGHT - viewport);
}

export function span(rows: number, rowHeight: number, viewport: number, scrollTop: number): Span {
  const height = Math.min(rows * rowHeight, MAX_HEIGHT);
  const factor = stretch(rows, rowHeight, viewport);
  const at = Math.max(0, Math.min(scrollTop, height - viewport));
  const offset = at * factor;
  const first = Math.max(0, Math.floor(offset / rowHeight) - BESIDE);
  const last = Math.min(rows, Math.ceil((offset + viewport) / rowHeight) + BESIDE);
  return { height, first, last, top: at - (offset - first * rowHeight) };
}

/** The scroll position that moves what is seen by so many pixels of rows. */
export function scrolledBy(rows: number, rowHeight: number, viewport: number, scrollTop: number, by: number): number {
  return scrollTop + by / stretch(rows, rowHeight, viewport);
}

/** The scroll position at which a row is seen whole; the present one if it is. `covered` is what stands over the top. */
export function reveal(rows: number, rowHeight: number, viewport: number, scrollTop: number, row: number): number {
  const factor = stretch(rows, rowHeight, viewport);
  const offset = scrollTop * factor;
  if (row * rowHeight < offset) return (row * rowHeight) / factor;
  if ((row + 1) * rowHeight > offset + viewport) return ((row + 1) * rowHeight - viewport) / factor;
  return scrollTop;
}

/** Rows folded out below others: which line of the screen is which. */
export interface Place {
  /** The row that stands in the list by itself. */
  head: number;
  /** The row folded out below it, or -1 for itself. */
  below: number;
}

/** Turns lines into rows and back, given how many rows are folded out below which (ascending by head). */
export class Folds {
  readonly #starts: { head: number; line: number; count: number }[] = [];
  readonly extra: number;

  constructor(open: readonly (readonly [head: number, count: number])[]) {
    let extra = 0;
    for (const [head, count] of open) {
      this.#starts.push({ head, line: head + extra, count });
      extra += count;
    }
    this.extra = extra;
  }

  at(line: number): Place {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]!.line < line) low = middle + 1;
      else high = middle;
    }
    const before = this.#starts[low - 1];
    if (!before) return { head: line, below: -1 };
    const behind = line - before.line - 1;
    if (behind < before.count) return { head: before.head, below: behind };
    return { head: before.head + 1 + behind - before.count, below: -1 };
  }

  /** The line on which a head stands. */
  line(head: number): number {
    return this.#starts.reduce((line, each) => (each.head < head ? line + each.count : line), head);
  }
}
