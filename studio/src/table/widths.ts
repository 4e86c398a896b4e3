/** How wide columns are, kept in this browser by what they show. */
import { signal } from "@preact/signals";
import { keep, kept } from "../base/keeping";
import { defaultWidth } from "./cell";
import { type Column, columnText } from "./column";

function read(): Record<string, number> {
  try {
    const found: unknown = JSON.parse(kept("widths") ?? "{}");
    if (typeof found !== "object" || !found) return {};
    return Object.fromEntries(Object.entries(found).filter(([, width]) => typeof width === "number"));
  } catch {
    return {};
  }
}

const widths = signal<Readonly<Record<string, number>>>(read());
const [LEAST, MOST, KEPT] = [48, 800, 200];

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

/** The columns of the grid - box, name, what was chosen, and the room that is left - and how wide they are together. */
export function template(columns: readonly Column[], grouped: boolean): { columns: string; width: number } {
  // Groups say more in a cell than runs.
  const more = (column: Column) => (grouped && (column === NAME || column.kind === "metric") ? 48 : 0);
  const widths = [BOX, ...[NAME, ...columns].map((each) => width(each) + more(each))];
  return {
    columns: `${widths.map((each) => `${each}px`).join(" ")} minmax(0, 1fr)`,
    width: widths.reduce((sum, each) => sum + each, 0),
  };
}
