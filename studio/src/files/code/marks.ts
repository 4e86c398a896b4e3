/** Lines of a file that somebody marked, as they stand in an address: `12` or `12-20`. */

export interface Marks {
  first: number;
  last: number;
}

export function marksOf(text: string | null): Marks | null {
  const found = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text?.trim() ?? "");
  if (!found) return null;
  const one = Number(found[1]);
  const other = Number(found[2] ?? one);
  if (!one || !other) return null;
  return { first: Math.min(one, other), last: Math.max(one, other) };
}

export function marksText({ first, last }: Marks): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** What a press on a line's number makes of the marks: that line; with Shift all up to it; none if it was the only one. */
export function pressed(marks: Marks | null, line: number, isRange: boolean): Marks | null {
  if (isRange && marks)
    return { first: Math.min(marks.first, line), last: Math.max(line, line < marks.first ? marks.last : line) };
  return marks && marks.first === line && marks.last === line ? null : { first: line, last: line };
}
