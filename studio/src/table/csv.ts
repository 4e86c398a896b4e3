/** The rows of a table as text that spreadsheets read. */
import type { Row } from "./asking";
import { value, valueText } from "./cell";
import type { Column } from "./column";
import { columnText } from "./column";
import { type Group, groupLabel } from "./grouping";
import type { Aggregate } from "./view";

/** Times as programs take them. */
const TIMES: ReadonlySet<string> = new Set(["started", "created", "ended"]);

/** One value: quoted where it must be. A text that a spreadsheet would take for a formula is made one that it does not. */
export function csvField(text: string, isText = true): string {
  const safe = isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvHead(columns: readonly Column[]): string {
  return ["run_id", ...columns.map(columnText)].map((each) => csvField(each)).join(",");
}

export function csvRow(row: Row, columns: readonly Column[]): string {
  const fields = columns.map((column) => {
    const found = value(row, column);
    if (column.kind === "own" && TIMES.has(column.name) && typeof found === "number")
      return new Date(found * 1000).toISOString();
    return csvField(valueText(found), typeof found === "string");
  });
  return [csvField(row.run.run_id), ...fields].join(",");
}

const FIGURES = { "mean-std": ["mean", "std"], "min-max": ["min", "max"], median: ["median"] } as const;

/** Groups as they are shown, with the number of runs behind each figure: a head and a line for each. */
export function csvGroups(
  groups: readonly Group[],
  by: Column,
  columns: readonly Column[],
  aggregate: Aggregate,
): string[] {
  const texts = columns.map(columnText).filter((text) => groups[0]?.figures.has(text));
  const figures = [...FIGURES[aggregate], "n"] as const;
  const head = [columnText(by), "runs", ...texts.flatMap((text) => figures.map((figure) => `${text} ${figure}`))];
  const lines = groups.map(({ value: common, count, figures: found }) => [
    csvField(common === null ? "" : groupLabel(common), typeof common === "string"),
    count,
    ...texts.flatMap((text) => figures.map((figure) => valueText(found.get(text)?.[figure]))),
  ]);
  return [head.map((each) => csvField(each)), ...lines].map((line) => line.join(","));
}
