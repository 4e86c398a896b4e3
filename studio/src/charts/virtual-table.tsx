/** A table of which only the rows in sight are there. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Cell } from "../api/rows";
import { instant, moment, precise } from "../base/number";
import { frameWords } from "./frame-words";
import { Scrolled } from "./scrolled";
import { MOST } from "./use-rows";

const ROW = 24;
const AROUND = 10;

function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "number" ? precise(cell) : String(cell);
}

export interface Sort {
  column: string;
  down: boolean;
}

interface TableProps {
  caption: string;
  height: number;
  total: number;
  columns: readonly { name: string; numeric: boolean }[];
  sort: Sort | null;
  onSort: ((column: string) => void) | null;
  onSeen?: (first: number, last: number) => void;
  /** What the first column is called, if it is not the step. */
  leadName?: string | undefined;
  /** Step and time of a row, where rows have them; null while it is on its way. */
  lead?: (row: number) => { step: number; at: number | undefined } | null;
  cell: (row: number, column: number) => Cell | undefined;
  /** Where the first cell of a row leads to. */
  href?: (row: number) => string;
}

/** Rows of equal height of which those in sight are there. */
export function VirtualTable(props: TableProps) {
  const { caption, height, total, columns, sort, onSort, onSeen, leadName, lead, cell, href } = props;
  const top = useSignal(0);
  const first = Math.max(0, Math.floor(top.value / ROW) - AROUND);
  const last = Math.min(total, Math.ceil((top.value + height) / ROW) + AROUND);
  useEffect(() => onSeen?.(first, last - 1), [first, last, total, caption]);
  const rows = useMemo(
    () => Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index),
    [first, last],
  );
  const say = frameWords();
  const span = columns.length + (lead ? 2 : 0);
  return (
    <Scrolled label={caption} height={height} onScroll={(scrolled) => (top.value = scrolled)}>
      <table class="chart-table" aria-rowcount={total + 1} aria-label={caption}>
        <thead>
          <tr>
            {lead && <th class="num">{leadName ?? say.step}</th>}
            {columns.map(({ name, numeric }) => (
              <th
                key={name}
                class={numeric ? "num" : undefined}
                aria-sort={sort?.column === name ? (sort.down ? "descending" : "ascending") : undefined}
              >
                <button
                  type="button"
                  disabled={!onSort}
                  onClick={() => onSort?.(name)}
                  title={onSort ? name : say.sortHint(MOST)}
                >
                  {name}
                  {sort?.column === name && <span aria-hidden="true">{sort.down ? " ↓" : " ↑"}</span>}
                </button>
              </th>
            ))}
            {lead && <th>{say.loggedAt}</th>}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap span={span} rows={first} />}
          {rows.map((row) => {
            const found = lead?.(row);
            return (
              <tr key={row} aria-rowindex={row + 2}>
                {lead && <td class="num dim">{found ? found.step : <span class="skeleton" />}</td>}
                {columns.map(({ name, numeric }, column) => {
                  const value = cell(row, column);
                  return (
                    <td
                      key={name}
                      class={numeric ? "num" : undefined}
                      title={value === undefined ? "" : String(value ?? "")}
                    >
                      {href && !column ? <a href={href(row)}>{cellText(value)}</a> : cellText(value)}
                    </td>
                  );
                })}
                {lead && (
                  <td class="dim" title={found?.at ? instant(found.at) : ""}>
                    {found?.at ? moment(found.at) : ""}
                  </td>
                )}
              </tr>
            );
          })}
          {last < total && <Gap span={span} rows={total - last} />}
        </tbody>
      </table>
    </Scrolled>
  );
}

function Gap({ span, rows }: { span: number; rows: number }) {
  return (
    <tr>
      <td colSpan={span} style={{ height: `${rows * ROW}px`, padding: 0 }} />
    </tr>
  );
}
