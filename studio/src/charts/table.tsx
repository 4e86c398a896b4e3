/** Rows as they were logged: only those in sight are fetched and drawn; sorted where there are not too many. */
import { useSignal } from "@preact/signals";
import { useContext, useEffect, useMemo } from "preact/hooks";
import { instant, moment, number } from "../base/number";
import { attempt } from "../ui/toast";
import type { Found } from "./found";
import type { BodyProps, Kind } from "./kind";
import { useRun } from "./one-run";
import type { Cell, Rows } from "./rows";
import { Scrolled } from "./scrolled";
import { SourceContext } from "./source";
import { allRows, MOST, PAGE, usePages } from "./use-rows";
import { chartWords } from "./words";

export const ROW = 24;
const AROUND = 10;

export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "number" ? number(cell) : String(cell);
}

interface Sort {
  column: string;
  down: boolean;
}

/** Places of rows in the order of a column; what is missing comes last. */
export function sorted(rows: Rows, { column, down }: Sort): number[] {
  const cells = rows.columns.find((each) => each.name === column)?.cells ?? [];
  const missing = (cell: Cell | undefined) => cell === null || cell === undefined || Number.isNaN(cell as number);
  return Array.from({ length: rows.count }, (_, row) => row).sort((a, b) => {
    const [left, right] = [cells[a], cells[b]];
    if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right)) || a - b;
    const found =
      typeof left === "string" || typeof right === "string"
        ? String(left).localeCompare(String(right), undefined, { numeric: true })
        : left! < right!
          ? -1
          : Number(left! > right!);
    return (down ? -found : found) || a - b;
  });
}

function DataTable(props: BodyProps) {
  const { metric, handle, height } = props;
  const { run, chooser } = useRun(props);
  const source = useContext(SourceContext);
  const total = metric.of.get(run)?.rows ?? 0;
  const [pages, ask] = usePages(run, metric.name, total);
  const sort = useSignal<Sort | null>(null);
  const whole = useSignal<{ rows: Rows; order: number[] } | null>(null);
  useEffect(() => {
    handle.note.value = chartWords().rows(total);
  }, [total]);
  const turn = async (column: string) => {
    const before = sort.peek();
    const next = before?.column !== column ? { column, down: false } : before.down ? null : { column, down: true };
    sort.value = next;
    if (!next) whole.value = null;
    else {
      const rows = await attempt(() => allRows(source, run, metric.name));
      if (rows && sort.peek() === next) whole.value = { rows, order: sorted(rows, next) };
    }
  };
  const names = metric.columns.map((column) => column.name);
  const at = (row: number): { rows: Rows; row: number } | null => {
    const ordered = whole.value;
    if (ordered) return ordered.order[row] === undefined ? null : { rows: ordered.rows, row: ordered.order[row]! };
    const rows = pages.value.get(Math.floor(row / PAGE));
    return rows && row % PAGE < rows.count ? { rows, row: row % PAGE } : null;
  };
  const seen = (first: number, last: number) => {
    for (let page = Math.floor(first / PAGE); page * PAGE <= last; page += 1) ask(page);
  };
  return (
    <>
      {chooser}
      <VirtualTable
        caption={metric.name}
        height={height - (chooser ? 32 : 0)}
        total={total}
        columns={metric.columns.map(({ name, numeric }) => ({ name, numeric }))}
        sort={sort.value}
        onSort={total <= MOST ? turn : null}
        onSeen={seen}
        lead={(row) => {
          const found = at(row);
          return found
            ? { step: found.rows.steps[found.row] ?? found.rows.first + found.row, at: found.rows.times[found.row] }
            : null;
        }}
        cell={(row, column) => {
          const found = at(row);
          return found?.rows.columns.find((each) => each.name === names[column])?.cells[found.row];
        }}
      />
    </>
  );
}

interface TableProps {
  caption: string;
  height: number;
  total: number;
  columns: readonly { name: string; numeric: boolean }[];
  sort: Sort | null;
  onSort: ((column: string) => void) | null;
  onSeen?: (first: number, last: number) => void;
  /** Step and time of a row, where rows have them; null while it is on its way. */
  lead?: (row: number) => { step: number; at: number | undefined } | null;
  cell: (row: number, column: number) => Cell | undefined;
}

/** Rows of equal height of which those in sight are there. */
export function VirtualTable({ caption, height, total, columns, sort, onSort, onSeen, lead, cell }: TableProps) {
  const top = useSignal(0);
  const first = Math.max(0, Math.floor(top.value / ROW) - AROUND);
  const last = Math.min(total, Math.ceil((top.value + height) / ROW) + AROUND);
  useEffect(() => onSeen?.(first, last - 1), [first, last, total, caption]);
  const rows = useMemo(
    () => Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index),
    [first, last],
  );
  const say = chartWords();
  const span = columns.length + (lead ? 2 : 0);
  return (
    <Scrolled label={caption} height={height} onScroll={(scrolled) => (top.value = scrolled)}>
      <table class="data" aria-rowcount={total + 1} aria-label={caption}>
        <thead>
          <tr>
            {lead && <th class="num">{say.step}</th>}
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
                      {cellText(value)}
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

const plain = ({ kind }: Found) => kind === "scalar" || kind === "list" || kind === "table";

export const table: Kind = {
  form: "table",
  // Whatever else there is, the rows can be looked at.
  score: (metric) => (plain(metric) ? 50 : 1),
  Body: DataTable,
};
