/** The difference of two texts, line by line, with long equal stretches folded away. */
import { diffArrays } from "diff";

export interface DiffRow {
  kind: "same" | "add" | "remove" | "head";
  /** Line numbers, from 1; null on the side that lacks the line. */
  old: number | null;
  now: number | null;
  text: string;
  /** The last line of a file that does not end with a line's end. */
  isOpen: boolean;
}

/** Looking longer for the shortest difference helps nobody who waits for it. */
const TIMEOUT_MS = 1_000;
/** Equal lines that stay beside each change. */
const AROUND = 3;
/** Fewer than these are not worth folding. */
const WORTH = 4;

/** Lines with their ends, which count: a file may lack the last one. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The rows of a difference, all equal lines among them. */
export function differenceOf(old: string, now: string): DiffRow[] {
  const before = linesOf(old);
  const after = linesOf(now);
  // Too different to be compared in time: all of it was replaced, which is true as well.
  const parts = diffArrays(before, after, { timeout: TIMEOUT_MS }) ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  const rows: DiffRow[] = [];
  let oldLine = 0;
  let nowLine = 0;
  for (const part of parts) {
    const kind = part.added ? "add" : part.removed ? "remove" : "same";
    for (const line of part.value) {
      const isOpen = !line.endsWith("\n");
      if (kind !== "add") oldLine += 1;
      if (kind !== "remove") nowLine += 1;
      rows.push({
        kind,
        old: kind === "add" ? null : oldLine,
        now: kind === "remove" ? null : nowLine,
        text: isOpen ? line : line.slice(0, -1),
        isOpen,
      });
    }
  }
  return rows;
}

/** How many lines were added and removed. */
export function tallyOf(rows: readonly DiffRow[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const row of rows) {
    if (row.kind === "add") added += 1;
    if (row.kind === "remove") removed += 1;
  }
  return { added, removed };
}

/** Rows from one index up to another. */
export type Span = readonly [from: number, end: number];

export interface Part {
  from: number;
  end: number;
  /** Whether the rows are folded away. */
  folded: boolean;
}

/** Rows as stretches that are shown and stretches that are folded: equal lines away from changes, unless they were opened. */
export function folded(rows: readonly DiffRow[], opened: readonly Span[] = []): Part[] {
  const shown = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    if (row.kind !== "same") shown.fill(1, Math.max(0, index - AROUND), index + AROUND + 1);
  });
  for (const [from, end] of opened) shown.fill(1, from, end);
  const parts: Part[] = [];
  for (let from = 0; from < rows.length; ) {
    let end = from + 1;
    while (end < rows.length && shown[end] === shown[from]) end += 1;
    const isFolded = !shown[from] && end - from >= WORTH;
    const last = parts[parts.length - 1];
    if (last && !last.folded && !isFolded) last.end = end;
    else parts.push({ from, end, folded: isFolded });
    from = end;
  }
  return parts;
}

/** The lines of a folded stretch that are opened next: those beside what is seen already, so many at once. */
export function nextSpan(part: Part, count: number): Span {
  // Before the first change there is nothing above to go on from.
  return part.from === 0
    ? [Math.max(part.from, part.end - count), part.end]
    : [part.from, Math.min(part.end, part.from + count)];
}
