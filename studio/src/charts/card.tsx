/** A number, or a text, that was logged once. */
import { useEffect } from "preact/hooks";
import { exact, number } from "../base/number";
import type { BodyProps, Kind } from "./kind";

function Card({ metric, handle }: BodyProps) {
  const found = [...metric.of.values()][0];
  const last = found?.columns[0]?.last;
  const text = typeof last === "number" ? number(last) : last === null || last === undefined ? "NaN" : String(last);
  useEffect(() => {
    handle.note.value = "";
    handle.table = () => [[metric.name], [typeof last === "number" ? last : text]];
  }, [last]);
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
