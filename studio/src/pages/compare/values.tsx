/** The table of a comparison: a column for each run, the baseline first, numbers with their distance from it. */
import { bestOf, type Cell, distance, type Row } from "./rows";
import { compareWords } from "./words";

interface Props {
  title: string;
  rows: readonly Row[];
  differencesOnly: boolean;
  columns: number;
  /** Distances from the first column are shown, and of what was measured also the best value. */
  deltas?: "given" | "measured";
}

/** One part of the table; nothing if it has no row to show. */
export function Values({ title, rows, differencesOnly, columns, deltas }: Props) {
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
        <Line key={row.name} row={row} deltas={deltas} />
      ))}
    </tbody>
  );
}

function Line({ row, deltas }: { row: Row; deltas: Props["deltas"] }) {
  const say = compareWords();
  const measured = deltas === "measured";
  const best = measured ? bestOf(row) : null;
  const numeric = row.cells.some((cell) => cell?.exact);
  const why = best?.lowest ? say.lowest : say.highest;
  return (
    <tr class={row.differs ? "differs" : undefined}>
      <th scope="row" class="cut" title={row.name}>
        {row.name}
      </th>
      {row.cells.map((cell, index) => (
        <td key={index} class={numeric ? "num" : undefined} title={cell?.exact ?? cell?.text}>
          {best && cell?.value === best.value && (
            <span class="status-ok" role="img" title={why} aria-label={why}>
              ★{" "}
            </span>
          )}
          {cell ? cell.text : <span class="dim">–</span>}
          {deltas && index > 0 && <Delta cell={cell} base={row.cells[0]} measured={measured} />}
        </td>
      ))}
    </tr>
  );
}

function Delta({ cell, base, measured }: { cell: Cell | null; base: Cell | null | undefined; measured: boolean }) {
  if (cell?.value === undefined || base?.value === undefined) return <span class="delta" />;
  const by = cell.value - base.value;
  if (Object.is(cell.value, base.value) || by === 0) return <span class="delta">=</span>;
  if (!Number.isFinite(by)) return <span class="delta" />;
  // Whole distances, as those of counts, have no part to tell apart.
  return <span class="delta">{distance(by, measured && by % 1 !== 0)}</span>;
}
