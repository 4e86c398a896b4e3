/** JSON as rows that fold; numbers as they are written, also those that JavaScript has none of. */

export type Json = null | boolean | string | Written | Json[] | { [name: string]: Json };

/** A number by its digits. */
export class Written {
  constructor(readonly digits: string) {}
}

/** Stands before the digits of a number that is kept as it is written; no text of a file is mistaken for one, since it is doubled there. */
const SIGN = "\u0001";
const TOKEN = /"(?:[^"\\]|\\.)*"|-?(?:Infinity|NaN)\b|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** Read JSON as Python writes it, with NaN and infinities; null if it is none. */
export function parseJson(text: string): { value: Json } | null {
  const kept = text.replace(TOKEN, (token) =>
    token[0] === '"' ? token.replaceAll("\\u0001", "\\u0001\\u0001") : `"\\u0001${token}"`,
  );
  try {
    return { value: JSON.parse(kept, (_, value) => (typeof value === "string" ? unsigned(value) : value)) as Json };
  } catch {
    return null;
  }
}

function unsigned(text: string): Json {
  if (!text.includes(SIGN)) return text;
  if (text[0] === SIGN && text[1] !== SIGN) return new Written(text.slice(1));
  return text.replaceAll(SIGN + SIGN, SIGN);
}

export interface JsonRow {
  /** Where it lies: names and indexes, as JSON. */
  path: string;
  name: string | null;
  value: Json;
  depth: number;
  /** Of what can be opened. */
  open?: boolean;
  place: number;
  of: number;
}

export function isGroup(value: Json): value is Json[] | { [name: string]: Json } {
  return typeof value === "object" && value !== null && !(value instanceof Written);
}

export function sizeOf(value: Json[] | { [name: string]: Json }): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Levels deeper than this are not followed. */
const DEEPEST = 200;

/** The rows of what is open; the first two levels are at first. */
export function jsonRows(root: Json, turned: ReadonlyMap<string, boolean>): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (value: Json, name: string | null, path: string, depth: number, place: number, of: number) => {
    const row: JsonRow = { path, name, value, depth, place, of };
    rows.push(row);
    if (!isGroup(value) || !sizeOf(value) || depth > DEEPEST) return;
    row.open = turned.get(path) ?? (depth === 0 || (depth === 1 && sizeOf(value) <= 20));
    if (!row.open) return;
    const entries: [string, Json][] = Array.isArray(value)
      ? value.map((each, index) => [String(index), each])
      : Object.entries(value);
    for (const [index, [key, each]] of entries.entries())
      add(each, key, `${path}/${key}`, depth + 1, index + 1, entries.length);
  };
  add(root, null, "", 0, 1, 1);
  return rows;
}
