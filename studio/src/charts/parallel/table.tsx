/** The lines that pass as a table; each name leads to its run. */
import { useMemo, useState } from "preact/hooks";
import { byText } from "../../base/by-text";
import { Dialog } from "../../ui/dialog";
import { type Sort, VirtualTable } from "../virtual-table";
import type { Value } from "./axis";
import type { Scene } from "./scene";
import { nameOf, passingLines } from "./text";
import { parallelWords } from "./words";

/** Numbers by size, texts by name; what is there before what is not. */
export function compared(a: Value, b: Value): number {
  const missing = (value: Value) => value === null || value === "" || Number.isNaN(value);
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  if (typeof a === "number" && typeof b === "number") return a - b;
  return byText(String(a), String(b));
}

export function LinesTable({ scene, onClose }: { scene: Scene; onClose: () => void }) {
  const say = parallelWords();
  const [sort, setSort] = useState<Sort | null>(null);
  const { lines, axes } = scene;
  const columns = [{ name: say.run, numeric: false }, ...axes.map((axis) => columnOf(axis))];
  const cell = (line: number, column: number): Value =>
    column ? (axes[column - 1]!.values[line] ?? null) : lines[line]!.label;
  const rows = useMemo(() => {
    const found = passingLines(scene);
    const by = columns.findIndex(({ name }) => name === sort?.column);
    if (by < 0) return found;
    const sign = sort!.down ? -1 : 1;
    return found.sort((a, b) => sign * compared(cell(a, by), cell(b, by)));
  }, [scene, sort]);
  return (
    <Dialog title={`${say.title} · ${say.pass(scene.passed, lines.length)}`} wide onClose={onClose}>
      <VirtualTable
        caption={say.title}
        height={Math.round(innerHeight * 0.6)}
        total={rows.length}
        columns={columns}
        sort={sort}
        onSort={(column) => setSort({ column, down: sort?.column === column && !sort.down })}
        cell={(row, column) => cell(rows[row]!, column)}
        href={(row) => lines[rows[row]!]!.href}
      />
    </Dialog>
  );
}

function columnOf(axis: Scene["axes"][number]): { name: string; numeric: boolean } {
  return { name: nameOf(axis), numeric: axis.kind === "number" };
}
