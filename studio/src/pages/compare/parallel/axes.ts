/** Which columns of the compared runs can be axes, and which are at first. Pure functions. */
import type { AnswerOf } from "../../../api/call";
import type { Run } from "../../../api/run";
import { byText } from "../../../base/by-text";
import { oddOf, type Value, type Column as Values } from "../../../charts/parallel/axis";
import { type Column, columnText, figure, type MetricColumn, metricKey, type Stat } from "../../../table/column";
import type { Name } from "../../../table/names";

export type Listed = AnswerOf<"/runs:list">;

/** More axes than this are not read at first. */
const MOST = 8;
const METRICS = 3;
/** Texts of more kinds than this say little at first: names, paths, hashes. */
const KINDS = 12;

/** What the machine measured beside the program. */
const MACHINE = "system/";
/** Metrics of which a figure of a column says something. */
const LOGGED: ReadonlySet<string> = new Set(["scalar", "list", "table", ""]);

function cellOf(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  return JSON.stringify(value);
}

/** Column by column what the runs have, in their order; `asked` are the metrics that were asked for. */
export function valuesOf(
  listed: Listed,
  columns: readonly Column[],
  asked: readonly MetricColumn[],
): Map<string, Value[]> {
  const at = new Map(asked.map((each, index) => [metricKey(each), index]));
  return new Map(
    columns.map((column) => [
      columnText(column),
      listed.runs.map((run, row) => {
        if (column.kind !== "metric") return cellOf(ofRun(run, column));
        const index = at.get(metricKey({ metric: column.name, column: column.column }));
        return cellOf(index === undefined ? null : figure(listed.summaries[row]?.[index], column.stat));
      }),
    ]),
  );
}

function ofRun(run: Run, column: Exclude<Column, { kind: "metric" }>): unknown {
  if (column.kind === "param") return run.params[column.name];
  if (column.kind === "tag") return run.tags[column.name];
  if (column.kind === "property") return run.properties[column.name];
  if (column.name === "duration") return run.started_at && run.ended_at ? run.ended_at - run.started_at : null;
  return column.name === "status" ? run.status : column.name === "experiment" ? run.experiment : null;
}

/** Parameters, or tags, that are not the same in all of these runs, by name. */
export function differing(runs: readonly Run[], kind: "param" | "tag"): Column[] {
  const of = (run: Run): Record<string, unknown> => (kind === "param" ? run.params : run.tags);
  const names = new Set(runs.flatMap((run) => Object.keys(of(run))));
  return [...names]
    .filter((name) => new Set(runs.map((run) => JSON.stringify(cellOf(of(run)[name])))).size > 1)
    .sort(byText)
    .map((name) => ({ kind, name }));
}

/** Metrics that can be axes, those of most runs first. */
export function metricChoices(names: readonly Name[], stat: Stat): Column[] {
  return names
    .filter((each) => LOGGED.has(each.metric_kind) && !each.name.startsWith(MACHINE))
    .map((each) => ({ kind: "metric", name: each.name, column: each.column || "value", stat }));
}

/** The axes at first: parameters that differ, then the most common metrics with numbers that differ. */
export function usualAxes(
  params: readonly Column[],
  metrics: readonly Column[],
  values: ReadonlyMap<string, readonly Value[]>,
): Column[] {
  const shown = metrics.filter((each) => telling(values.get(columnText(each)) ?? [])).slice(0, METRICS);
  const kinds = (column: Column) => {
    const texts = (values.get(columnText(column)) ?? []).filter((value) => typeof value === "string");
    return new Set(texts).size;
  };
  const short = params.filter((each) => kinds(each) <= KINDS);
  const long = params.filter((each) => kinds(each) > KINDS);
  return [...[...short, ...long].slice(0, MOST - shown.length), ...shown];
}

function telling(values: readonly Value[]): boolean {
  return new Set(values.filter((value) => typeof value === "number" && oddOf(value) === null)).size > 1;
}

/** As axes of a chart. */
export function asAxes(
  columns: readonly Column[],
  values: ReadonlyMap<string, readonly Value[]>,
  title: (column: Column) => { title: string; note?: string },
): Values[] {
  return columns.map((column) => {
    const id = columnText(column);
    return { id, ...title(column), values: values.get(id) ?? [] };
  });
}

/** Which axis gives the colour without a choice: up to twelve runs have colours of their own, more that of the last metric. */
export function usualColour(columns: readonly Column[], runs: number, own: string): string {
  const last = columns.findLast((column) => column.kind === "metric");
  return runs <= 12 || !last ? own : columnText(last);
}

/** With another figure of all metrics. */
export function withStat(columns: readonly Column[], stat: Stat): Column[] {
  return columns.map((column) => (column.kind === "metric" ? { ...column, stat } : column));
}
