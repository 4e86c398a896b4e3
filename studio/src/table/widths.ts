/** How wide columns are, kept in this browser by what they show. */
import { signal } from "@preact/signals";
import { keep, keptJson } from "../base/keeping";
import { columnTitle } from "./cell";
import { type Column, columnText } from "./column";
import { tableWords } from "./words";

function read(): Record<string, number> {
  const found = keptJson("widths") ?? {};
  return Object.fromEntries(Object.entries(found).filter(([, width]) => typeof width === "number"));
}

const widths = signal<Readonly<Record<string, number>>>(read());
const [LEAST, MOST, KEPT] = [48, 800, 200];

/** What columns need for what they show, where that is more than usual. */
const WIDTHS: Partial<Record<string, number>> = {
  name: 216,
  status: 112,
  started: 104,
  created: 112,
  ended: 112,
  duration: 100,
  experiment: 150,
  target: 104,
  tags: 180,
};
const USUAL = 88;
/** Around a title: the room for its menu, the sign of an order, and where the next column begins. */
const AROUND = 46;
/** A long title may take so much by itself; more where there is room. */
const TITLE = 170;

const pen = document.createElement("canvas").getContext("2d");
if (pen) pen.font = "12px system-ui, sans-serif";

function textWidth(text: string): number {
  return pen?.measureText(text).width ?? text.length * 6.4;
}

function titleWidth(column: Column): number {
  const stat = column.kind === "metric" ? 4 + textWidth(tableWords().stat[column.stat]) : 0;
  return Math.ceil(AROUND + textWidth(columnTitle(column)) + stat);
}

function defaultWidth(column: Column): number {
  const needed = column.kind === "own" ? WIDTHS[column.name] : 0;
  return Math.max(needed || USUAL, Math.min(TITLE, titleWidth(column)));
}

export function width(column: Column): number {
  return widths.value[columnText(column)] ?? defaultWidth(column);
}

export function resize(column: Column, to: number): void {
  const { [columnText(column)]: _, ...others } = widths.peek();
  widths.value = { ...others, [columnText(column)]: Math.round(Math.max(LEAST, Math.min(MOST, to))) };
}

/** Keep the widths, those that were changed last. */
export function keepWidths(): void {
  keep("widths", JSON.stringify(Object.fromEntries(Object.entries(widths.peek()).slice(-KEPT))));
}

export const NAME: Column = { kind: "own", name: "name" };

const BOX = 36;

/** The columns of the grid - box, name, what was chosen, and what is left of all that is there - and how wide they are together. */
export function template(
  columns: readonly Column[],
  grouped: boolean,
  all: number,
): { columns: string; width: number } {
  // Groups say more in a cell than runs.
  const more = (column: Column) => (grouped && (column === NAME || column.kind === "metric") ? 48 : 0);
  const shown = [NAME, ...columns];
  const made = shown.map((each) => width(each) + more(each));
  let total = BOX + made.reduce((sum, each) => sum + each, 0);
  shown.forEach((column, at) => {
    const lacks = Math.min(titleWidth(column) - made[at]!, all - total);
    if (lacks <= 0 || columnText(column) in widths.value) return;
    made[at]! += lacks;
    total += lacks;
  });
  const sizes = [BOX, ...made].map((each) => `${each}px`);
  // What is left goes to the tags where these come last, since they mostly are more than have room; else to nothing.
  const tags = columnText(shown.at(-1)!) === "tags" && !("tags" in widths.value);
  const rest = `minmax(${tags ? sizes.pop() : 0}, 1fr)`;
  return { columns: `${sizes.join(" ")} ${rest}`, width: total };
}
