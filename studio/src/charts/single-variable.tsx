/** Values logged one after another: a line over step, index or time; of true and false a line of steps. */
import type { Found } from "./found";
import type { BodyProps, Kind } from "./kind";
import { Lines } from "./line";

function Single(props: BodyProps) {
  const { metric, spec } = props;
  const column = metric.columns.find((each) => each.numeric) ?? metric.columns[0];
  const refs = spec?.metrics ?? [{ metric: metric.name, column: column?.name ?? "value" }];
  return <Lines {...props} refs={refs} style={column?.bool ? "step" : "line"} />;
}

function fits({ kind, columns }: Found): boolean {
  return (kind === "scalar" || kind === "list" || kind === "table") && columns.length === 1 && columns[0]!.numeric;
}

export const line: Kind = {
  form: "line",
  score: (metric) => (fits(metric) && !metric.columns[0]!.bool ? 90 : 0),
  Body: Single,
};

export const step: Kind = {
  form: "step",
  score: (metric) => (fits(metric) && metric.columns[0]!.bool ? 90 : 0),
  Body: Single,
};
