/** The table of a comparison: a column for each run, the baseline first, numbers with their distance from it. */
import { number } from "../../base/number";
import type { Cell, Row } from "./rows";

interface Props {
  title: string;
  rows: readonly Row[];
  differencesOnly: boolean;
  columns: number;
  /** Distances from the first column are shown. */
  deltas?: boolean;
}

/** One part of the table; nothing if it has no row to show. */
export function Values({ title, rows, differencesOnly, columns, deltas = false }: Props) {
  const shown = rows.filter((row) => !differencesOnly || row.differs);
  if (!shown.length) return null;
  return (
    <tbody>
      <tr class="part">
        <th scope="rowgroup" colSpan={columns + 1}>
          {title}
        </th>
      </tr>
      {shown.map((row) => (
        <tr key={row.name} class={row.differs ? "differs" : undefined}>
          <th scope="row" class="cut" title={row.name}>
            {row.name}
          </th>
          {row.cells.map((cell, index) => (
            <td key={index} class={cell?.value === undefined ? undefined : "num"} title={cell?.exact ?? cell?.text}>
              {cell ? cell.text : <span class="dim">–</span>}
              {deltas && index > 0 && <Delta cell={cell} base={row.cells[0]} />}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Delta({ cell, base }: { cell: Cell | null; base: Cell | null | undefined }) {
  if (cell?.value === undefined || base?.value === undefined) return <span class="delta" />;
  const by = cell.value - base.value;
  if (Object.is(cell.value, base.value) || by === 0) return <span class="delta">=</span>;
  if (!Number.isFinite(by)) return <span class="delta" />;
  return (
    <span class="delta">
      {by > 0 ? "+" : "−"}
      {number(Number(Math.abs(by).toPrecision(3)))}
    </span>
  );
}
