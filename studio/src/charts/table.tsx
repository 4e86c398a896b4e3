/** Rows as they were logged: only those in sight are fetched and drawn; sorted where there are not too many. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Cell, Rows } from "../api/rows";
import { byText } from "../base/by-text";
import { attempt } from "../ui/toast";
import { frameWords } from "./frame-words";
import type { BodyProps } from "./kind";
import { useRun } from "./one-run";
import { useSource } from "./source";
import { allRows, MOST, PAGE, usePages } from "./use-rows";
import { type Sort, VirtualTable } from "./virtual-table";

/** Places of rows in the order of a column; what is missing comes last. */
export function sorted(rows: Rows, { column, down }: Sort): number[] {
  const cells = rows.columns.find((each) => each.name === column)?.cells ?? [];
  const missing = (cell: Cell | undefined) => cell === null || cell === undefined || Number.isNaN(cell as number);
  return Array.from({ length: rows.count }, (_, row) => row).sort((a, b) => {
    const [left, right] = [cells[a], cells[b]];
    if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right)) || a - b;
    const found =
      typeof left === "string" || typeof right === "string"
        ? byText(String(left), String(right))
        : left! < right!
          ? -1
          : Number(left! > right!);
    return (down ? -found : found) || a - b;
  });
}

interface Place {
  rows: Rows;
  row: number;
}

const stepOf = ({ rows, row }: Place): number => rows.steps[row] ?? rows.first + row;

export function DataTable(props: BodyProps) {
  const { metric, handle, height } = props;
  const { run, chooser } = useRun(props);
  const source = useSource();
  const total = metric.of.get(run)?.rows ?? 0;
  const [pages, ask] = usePages(run, metric.name, total);
  const sort = useSignal<Sort | null>(null);
  const whole = useSignal<{ rows: Rows; order: number[] } | null>(null);
  useEffect(() => {
    const say = frameWords();
    const mixed = metric.columns.some((column) => column.mixed);
    handle.note.value = [say.rows(total), mixed && say.mixed].filter(Boolean).join(" · ");
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
  // What was logged without steps has none: its rows are counted.
  const leadName = metric.of.get(run)?.has_steps ? frameWords().step : frameWords().index;
  const at = (row: number): Place | null => {
    const ordered = whole.value;
    if (ordered) return ordered.order[row] === undefined ? null : { rows: ordered.rows, row: ordered.order[row]! };
    const rows = pages.value.get(Math.floor(row / PAGE));
    return rows && row % PAGE < rows.count ? { rows, row: row % PAGE } : null;
  };
  // Those that are there, in the order they are shown in.
  handle.table = () => [
    [leadName, ...names],
    ...Array.from({ length: Math.min(total, MOST) }, (_, row) => at(row)).flatMap((found) => {
      if (!found) return [];
      const cells = names.map((name) => found.rows.columns.find((each) => each.name === name)?.cells[found.row]);
      return [[stepOf(found), ...cells.map((cell) => (typeof cell === "number" ? cell : String(cell ?? "")))]];
    }),
  ];
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
        leadName={leadName}
        lead={(row) => {
          const found = at(row);
          return found ? { step: stepOf(found), at: found.rows.times[found.row] } : null;
        }}
        cell={(row, column) => {
          const found = at(row);
          return found?.rows.columns.find((each) => each.name === names[column])?.cells[found.row];
        }}
      />
    </>
  );
}
