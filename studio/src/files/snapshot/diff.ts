/** How one text came to be another: lines that stayed, went and came, with what stayed far from any change folded. */
import { diffLines } from "diff";

export type DiffLine =
  | { kind: "same" | "added" | "removed"; text: string; before: number | null; after: number | null }
  | { kind: "fold"; from: number; lines: number };

/** Lines around a change that are always shown. */
const AROUND = 3;
/** Where a browser would seem to hang: more changes than these are shown as one text for another. */
const MOST_EDITS = 20_000;

type Plain = Exclude<DiffLine, { kind: "fold" }>;

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

/** Every line of both texts, in order. */
export function compared(before: string, after: string): Plain[] {
  const parts = diffLines(before, after, { maxEditLength: MOST_EDITS }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  const found: Plain[] = [];
  let old = 0;
  let now = 0;
  for (const part of parts)
    for (const text of linesOf(part.value)) {
      if (part.removed) found.push({ kind: "removed", text, before: ++old, after: null });
      else if (part.added) found.push({ kind: "added", text, before: null, after: ++now });
      else found.push({ kind: "same", text, before: ++old, after: ++now });
    }
  return found;
}

/** Fold what stayed, except near changes and where it was unfolded: `open` holds where folds begin. */
export function folded(lines: readonly Plain[], open: ReadonlySet<number>): DiffLine[] {
  const found: DiffLine[] = [];
  let at = 0;
  while (at < lines.length) {
    let end = at;
    while (end < lines.length && lines[end]!.kind === "same") end += 1;
    const from = at === 0 ? at : at + AROUND;
    const to = end === lines.length ? end : end - AROUND;
    if (to - from > 1 && !open.has(from)) {
      found.push(...lines.slice(at, from), { kind: "fold", from, lines: to - from }, ...lines.slice(to, end));
    } else found.push(...lines.slice(at, end));
    at = end;
    while (at < lines.length && lines[at]!.kind !== "same") found.push(lines[at++]!);
  }
  return found;
}

export interface PatchLine {
  kind: "file" | "place" | "note" | "added" | "removed" | "same";
  text: string;
}

/** The lines of a patch as git writes it. */
export function patchLines(patch: string): PatchLine[] {
  let within = false;
  return linesOf(patch).map((text): PatchLine => {
    if (text.startsWith("diff ")) {
      within = false;
      return { kind: "file", text };
    }
    if (text.startsWith("@@")) {
      within = true;
      return { kind: "place", text };
    }
    if (!within) return { kind: "note", text };
    if (text.startsWith("+")) return { kind: "added", text };
    if (text.startsWith("-")) return { kind: "removed", text };
    return { kind: text.startsWith("\\") ? "note" : "same", text };
  });
}
