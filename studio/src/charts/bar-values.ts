/** The numbers of a metric of one run as bars, labelled by a column of texts or by their place. */
import type { Rows } from "../api/rows";
import type { Found } from "./found";
import type { Bar } from "./hbars";

/** More are not drawn. */
export const BARS = 200;

/** Of what is none, NaN. */
export const asNumber = (cell: unknown): number =>
  typeof cell === "number" || typeof cell === "boolean" || typeof cell === "bigint" ? Number(cell) : Number.NaN;

/** The numbers of a metric with their labels. */
export function barsOf(rows: Rows, metric: Found): Bar[] {
  const value = metric.columns.find((column) => column.numeric)?.name;
  const label = metric.columns.find((column) => !column.numeric)?.name;
  const of = (name: string | undefined) => rows.columns.find((column) => column.name === name)?.cells ?? [];
  const [values, labels] = [of(value), of(label)];
  return values.map((cell, row) => ({
    key: String(row),
    label: label === undefined ? String(rows.steps[row] ?? row) : String(labels[row] ?? ""),
    value: asNumber(cell),
  }));
}
