/** A table of a text file: its first rows, of which those seen are drawn. */
import { useMemo } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { decoded, useContent } from "../content";
import { Rows } from "../rows";
import { filesWords } from "../words";
import { numericColumns, parseCsv, separatorOf } from "./csv";
import { Frame, type PreviewProps } from "./frame";
import { endingOf } from "./kind";

const MOST_ROWS = 10_000;
/** What is read: enough for so many rows of some 800 bytes. */
const MOST_BYTES = 8_000_000;
/** Rows that say how wide the columns are. */
const MEASURED = 200;
const WIDEST = 48;
const ROW = 26;
/** Columns that are drawn: more is no table that anybody reads. */
const MOST_COLUMNS = 500;

interface Table {
  names: string[];
  rows: string[][];
  more: boolean;
  widths: number[];
  numeric: boolean[];
}

export function tableOf(text: string, separator: string, whole: boolean): Table {
  const { rows, more } = parseCsv(text, separator, MOST_ROWS + 1);
  if (!whole && !more && rows.length > 1) rows.pop(); // it was cut in the middle
  const [names = [], ...body] = rows;
  const first = body.slice(0, MEASURED);
  const columns = Math.min(MOST_COLUMNS, Math.max(names.length, ...first.map((row) => row.length)));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(WIDEST, Math.max(3, ...[names, ...first].map((row) => Array.from(row[column] ?? "").length))),
  );
  return { names, rows: body, more: more || !whole, widths, numeric: numericColumns(first, columns) };
}

export function TableView({ run, file }: PreviewProps) {
  const say = filesWords();
  const { found: text, failure } = useContent(run, file, MOST_BYTES, decoded);
  const table = useMemo(() => {
    if (text === undefined) return null;
    return tableOf(text, endingOf(file.path) === "tsv" ? "\t" : separatorOf(text), file.size_bytes <= MOST_BYTES);
  }, [text]);
  const controls = table && (
    <span class="dim">
      {table.more ? say.firstRows(table.rows.length) : say.rows(table.rows.length, table.widths.length)}
    </span>
  );
  return (
    <Frame run={run} file={file} controls={controls}>
      {failure && <FailureNote failure={failure} />}
      {table && <Cells table={table} label={file.path} />}
    </Frame>
  );
}

function Cells({ table, label }: { table: Table; label: string }) {
  const { names, rows, widths, numeric } = table;
  const numbers = String(rows.length).length + 1;
  const cell = (text: string, column: number, role: "cell" | "columnheader") => (
    <span
      key={column}
      role={role}
      class={numeric[column] ? "num" : undefined}
      style={{ width: `calc(${widths[column]}ch + 28px)` }}
      title={text.length > (widths[column] ?? 0) ? text : undefined}
    >
      {text}
    </span>
  );
  const line = (row: readonly string[], number: number | null) => (
    // biome-ignore lint/a11y/useSemanticElements: rows that are drawn one by one cannot be those of a <table>
    // biome-ignore lint/a11y/useFocusableInteractive: nothing in them is pressed
    <div
      key={number ?? "head"}
      role="row"
      aria-rowindex={(number ?? 0) + 1}
      class={number === null ? "cells-row cells-head" : "cells-row"}
    >
      <span
        class="cells-number"
        role={number === null ? "columnheader" : "rowheader"}
        style={{ width: `calc(${numbers}ch + 20px)` }}
      >
        {number ?? "#"}
      </span>
      {widths.map((_, column) => cell(row[column] ?? "", column, number === null ? "columnheader" : "cell"))}
    </div>
  );
  return (
    <Rows
      class="cells"
      count={rows.length}
      rowHeight={ROW}
      headHeight={ROW}
      head={line(names, null)}
      attributes={{ role: "table", "aria-label": label, "aria-rowcount": rows.length + 1, tabIndex: 0 }}
    >
      {(index) => line(rows[index]!, index + 1)}
    </Rows>
  );
}
