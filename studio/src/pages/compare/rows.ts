/** What is compared: rows of values, one for each run, with what differs. Pure functions. */

import type { Schemas } from "../../api/call";
import type { Run } from "../../api/run";
import { betterEnd } from "../../base/better";
import { duration, fixed, moment, number } from "../../base/number";

type Metric = Schemas["Metric"];
/** Which value of a metric is compared. */
export const STATS = ["last", "min", "max", "mean", "first"] as const;
export type Stat = (typeof STATS)[number];

/** More runs than this are no table. */
export const COLUMNS = 10;

export interface Cell {
  text: string;
  /** Where it is a number: as it is, and how far it is from the baseline's. */
  value?: number;
  exact?: string;
}

export interface Row {
  name: string;
  cells: readonly (Cell | null)[];
  differs: boolean;
}

function row(name: string, values: readonly unknown[]): Row {
  const cells = values.map(cellOf);
  // A text is not the number that it looks like, and filters tell them apart: quotes say which is which.
  const kinds = new Set(values.flatMap((value, index) => (cells[index] ? [typeof value] : [])));
  if (kinds.size > 1)
    for (const [index, cell] of cells.entries())
      if (cell && typeof values[index] === "string") cell.text = JSON.stringify(cell.text);
  return { name, cells, differs: new Set(cells.map((cell) => cell?.exact ?? cell?.text ?? null)).size > 1 };
}

function cellOf(value: unknown): Cell | null {
  if (value === undefined || value === null || value === "") return null;
  // Whole numbers, such as seeds, are told apart by their last digit.
  if (typeof value === "number")
    return { text: Number.isSafeInteger(value) ? fixed(value, 0) : number(value), value, exact: String(value) };
  return { text: typeof value === "string" ? value : JSON.stringify(value) };
}

/** One row for each name that any of them has, in the order first met. */
export function rowsOf(values: readonly Readonly<Record<string, unknown>>[]): Row[] {
  const names = new Set(values.flatMap((each) => Object.keys(each)));
  return [...names].map((name) =>
    row(
      name,
      values.map((each) => each[name]),
    ),
  );
}

/** The best number of a row, and whether it is the lowest; null where none is known to be better. */
export function bestOf({ name, cells }: Row): { value: number; lowest: boolean } | null {
  const end = betterEnd(name);
  const numbers = cells.flatMap((cell) => (Number.isFinite(cell?.value) ? cell!.value! : []));
  if (!end || new Set(numbers).size < 2) return null;
  return { value: Math[end](...numbers), lowest: end === "min" };
}

/** How far a number is from another: three digits; what was measured has all three, so that they can be told apart. */
export function distance(by: number, measured: boolean): string {
  const size = Number(Math.abs(by).toPrecision(3));
  const sign = by > 0 ? "+" : "−";
  if (!measured || size < 1e-3 || size >= 100) return sign + number(size);
  return sign + fixed(size, 2 - Math.floor(Math.log10(size)));
}

/** A figure of each metric's columns. Names of columns other than `value` stand behind the metric's. */
export function metricRows(metrics: readonly (readonly Metric[])[], stat: Stat): Row[] {
  return rowsOf(
    metrics.map((some) => {
      const found: Record<string, unknown> = {};
      for (const metric of some)
        for (const column of metric.columns) {
          if (metric.kind !== "scalar" && stat === "last") continue;
          const known = stat === "mean" ? meanOf(column) : column[stat];
          // Nothing finite was logged, and that is not nothing.
          const value = known ?? (column.nonfinite ? Number.NaN : null);
          if (typeof value === "number") found[nameOfColumn(metric.name, column.column)] = value;
        }
      return found;
    }),
  );
}

function nameOfColumn(metric: string, column: string): string {
  return column === "value" ? metric : `${metric} [${column}]`;
}

function meanOf(column: Schemas["Summary"]): number | null {
  const finite = column.numeric - column.nonfinite;
  return finite > 0 ? column.sum / finite : null;
}

interface Words {
  status: string;
  started: string;
  duration: string;
  target: string;
  script: string;
  arguments: string;
  commit: string;
}

interface Definition {
  script?: string;
  arguments?: string[];
  environment?: Record<string, unknown>;
}

/** What is known of the runs themselves. */
export function factRows(runs: readonly Run[], say: Words, statusWord: (status: string) => string): Row[] {
  return rowsOf(
    runs.map((run) => {
      const definition = run.definition as Definition;
      return {
        [say.status]: statusWord(run.status),
        [say.started]: run.started_at ? moment(run.started_at) : null,
        [say.duration]: run.started_at && run.ended_at ? duration(run.ended_at - run.started_at) : null,
        [say.target]: run.target,
        [say.script]: definition.script,
        [say.arguments]: definition.arguments?.join(" "),
        [say.commit]: run.properties["azureml.git.commit"],
      };
    }),
  );
}

/** The environment of each run, flat: `python.interpreterPath`. */
export function environmentRows(runs: readonly Run[]): Row[] {
  return rowsOf(runs.map((run) => flat((run.definition as Definition).environment ?? {})));
}

export function flat(value: unknown, before = ""): Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return { [before]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) => flat(inner, before ? `${before}.${name}` : name)),
  );
}
