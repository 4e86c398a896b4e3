/** Rows with several numeric columns: one over another in the order logged, so that curves may turn back; and scatters. */
import type { Found } from "./found";
import type { BodyProps, Kind } from "./kind";
import { Lines } from "./line";
import type { Style } from "./paint";

const numbers = (metric: Found) => metric.columns.filter((column) => column.numeric).map((column) => column.name);

function over(x: number, ys: (count: number) => number[], style: Style) {
  return function TwoVariable(props: BodyProps) {
    const { name } = props.metric;
    const columns = numbers(props.metric);
    const refs = ys(columns.length).map((place) => ({ metric: name, column: columns[place]! }));
    const own = { kind: "metric" as const, ref: { metric: name, column: columns[x]! } };
    return <Lines {...props} refs={refs} style={style} own={own} />;
  };
}

const tabular = (metric: Found) => metric.kind === "table" || (metric.kind === "scalar" && metric.columns.length > 1);
const two = (metric: Found) => tabular(metric) && numbers(metric).length === 2 && metric.columns.length === 2;
const several = (metric: Found) => tabular(metric) && numbers(metric).length > 1;

export const curve: Kind = {
  form: "curve",
  score: (metric) => (two(metric) ? 100 : 0),
  Body: over(0, () => [1], "line"),
};

export const swapped: Kind = {
  form: "swapped",
  score: (metric) => (two(metric) ? 30 : 0),
  Body: over(1, () => [0], "line"),
};

export const multi: Kind = {
  form: "multi",
  score: (metric) => (several(metric) && !two(metric) ? 40 : 0),
  Body: over(0, (count) => Array.from({ length: count - 1 }, (_, index) => index + 1), "line"),
};

export const scatter: Kind = {
  form: "scatter",
  score: (metric) => (several(metric) ? 35 : 0),
  Body: over(0, () => [1], "points"),
};
