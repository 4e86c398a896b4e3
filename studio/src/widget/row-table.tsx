/** Rows as they were logged, as many as one looks through in a notebook; the studio has all of them. */
import { useEffect } from "preact/hooks";
import type { Cell } from "../api/rows";
import { number } from "../base/number";
import type { BodyProps } from "../charts/kind";
import { useRun } from "../charts/one-run";
import { Scrolled } from "../charts/scrolled";
import { useAllRows } from "../charts/use-rows";
import { chartWords } from "../charts/words";
import { FailureNote } from "../ui/failure";

const MOST = 200;

function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "number" ? number(cell) : String(cell);
}

export function RowTable({ metric, handle, height, seen, ...rest }: BodyProps) {
  const { run } = useRun({ metric, handle, height, seen, ...rest });
  const { data, failure } = useAllRows(run, metric.name, seen, MOST);
  const say = chartWords();
  useEffect(() => {
    if (data) handle.note.value = data.total > MOST ? say.tooMany(MOST) : say.rows(data.total);
  }, [data]);
  if (!data) return failure ? <FailureNote failure={failure} /> : null;
  const cells = metric.columns.map(({ name }) => data.columns.find((column) => column.name === name)?.cells);
  const isNumeric = metric.columns.map((column) => (column.numeric ? "num" : undefined));
  return (
    <Scrolled label={metric.name} height={height}>
      <table class="chart-table" aria-label={metric.name}>
        <thead>
          <tr>
            <th class="num">{say.step}</th>
            {metric.columns.map(({ name }, column) => (
              <th key={name} class={isNumeric[column]} title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.steps.map((step, row) => (
            <tr key={row}>
              <td class="num dim">{step ?? data.first + row}</td>
              {cells.map((column, index) => (
                <td key={index} class={isNumeric[index]} title={String(column?.[row] ?? "")}>
                  {textOf(column?.[row])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
