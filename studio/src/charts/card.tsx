/** A number, or a text, that was logged once. */
import { useEffect } from "preact/hooks";
import { exact, number } from "../base/number";
import type { BodyProps, Kind } from "./kind";
import { useAllRows } from "./use-rows";

function Card({ metric, handle, seen }: BodyProps) {
  const [run, found] = [...metric.of][0] ?? [""];
  const told = found?.columns[0]?.last ?? null;
  // A summary has null for NaN, infinities and None alike: which it was stands in the row.
  const { data } = useAllRows(run, metric.name, told === null && seen, 1);
  const last = told ?? data?.columns[0]?.cells[0];
  const text = typeof last === "number" ? (handle.unit?.(metric.name)?.text ?? number)(last) : String(last ?? "–");
  useEffect(() => {
    handle.note.value = "";
    handle.table = () => [[metric.name], [typeof last === "number" ? last : text]];
  }, [last, text]);
  return (
    <p
      class={typeof last === "number" ? "chart-figure" : "chart-figure text"}
      title={typeof last === "number" ? exact(last) : text}
    >
      {text}
    </p>
  );
}

const single = ({ kind, rows, columns }: { kind: string; rows: number; columns: readonly unknown[] }) =>
  (kind === "scalar" || kind === "list") && rows === 1 && columns.length === 1;

export const card: Kind = {
  form: "card",
  score: (metric, runs) => (single(metric) && metric.columns[0]!.numeric && runs === 1 ? 100 : 0),
  Body: Card,
  small: true,
};

export const textCard: Kind = {
  form: "text",
  score: (metric, runs) => (single(metric) && !metric.columns[0]!.numeric && runs === 1 ? 100 : 0),
  Body: Card,
  small: true,
};
