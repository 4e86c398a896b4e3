/** A patch of git as rows: the files' headings, and lines that were added, removed or stand around them. */
import type { DiffRow } from "./difference";

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Rows of a patch. Only a hunk's own counts tell where it ends: a removed line may look like a heading. */
export function patchRows(patch: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let old = 0;
  let now = 0;
  let oldLeft = 0;
  let nowLeft = 0;
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const sign = line[0];
    const within = oldLeft > 0 || nowLeft > 0;
    const row = { text: line.slice(1), isOpen: false };
    if (within && sign === "+") {
      rows.push({ ...row, kind: "add", old: null, now: now++ });
      nowLeft -= 1;
    } else if (within && sign === "-") {
      rows.push({ ...row, kind: "remove", old: old++, now: null });
      oldLeft -= 1;
    } else if (within && sign !== "\\") {
      rows.push({ ...row, kind: "same", old: old++, now: now++ });
      oldLeft -= 1;
      nowLeft -= 1;
    } else if (sign === "\\") {
      const last = rows[rows.length - 1];
      if (last) last.isOpen = true;
    } else {
      const found = HUNK.exec(line);
      if (found) {
        old = Number(found[1]);
        oldLeft = Number(found[2] ?? 1);
        now = Number(found[3]);
        nowLeft = Number(found[4] ?? 1);
      }
      rows.push({ kind: "head", old: null, now: null, text: line, isOpen: false });
    }
  }
  return rows;
}
