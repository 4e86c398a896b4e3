/** Tables in text: rows of cells between commas, semicolons, tabs or bars, quoted where a cell holds one of them or a line end. */

const SEPARATORS = [",", ";", "\t", "|"] as const;

/** What stands between the cells: that which the first line, outside of quotes, has most of. */
export function separatorOf(text: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text.slice(0, 65_536))?.[0] ?? "";
  const bare = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = SEPARATORS.map((each) => bare.split(each).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}

export interface Parsed {
  rows: string[][];
  /** There is more text behind them. */
  more: boolean;
}

/** The first rows of a text. A quote that is never closed takes what is left; text behind a closing quote belongs to the cell. */
export function parseCsv(text: string, separator: string, most: number): Parsed {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (rows.length >= most) return { rows, more: true };
    const [cell, end] = cellAt(text, at, separator);
    row.push(cell);
    const sign = text[end];
    at = end + (sign === "\r" && text[end + 1] === "\n" ? 2 : 1);
    if (sign === separator && at < text.length) continue;
    if (sign === separator) row.push("");
    // An empty line is no row.
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return { rows, more: false };
}

function cellAt(text: string, from: number, separator: string): [cell: string, end: number] {
  let cell = "";
  let at = from;
  if (text[at] === '"') {
    for (;;) {
      const quote = text.indexOf('"', at + 1);
      if (quote < 0) return [cell + text.slice(at + 1), text.length];
      cell += text.slice(at + 1, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      cell += '"';
    }
  }
  const start = at;
  while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return [cell + text.slice(start, at), at];
}

const NUMBER = /^\s*[-+]?(?:\d[\d_ ]*)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s*$|^\s*(?:nan|[-+]?inf(?:inity)?)\s*$/i;

/** Which columns hold numbers, apart from cells that are empty. */
export function numericColumns(rows: readonly (readonly string[])[], columns: number): boolean[] {
  return Array.from({ length: columns }, (_, column) => {
    const cells = rows.map((row) => row[column] ?? "").filter((cell) => cell.trim() !== "");
    return cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
  });
}
