/** The names that an experiment's runs use, and what a table shows before anybody chose. */

import type { AnswerOf } from "../api/call";
import { call } from "../api/call";
import type { Asking, Row } from "./asking";
import { value, valueText } from "./cell";
import { type Column, metricColumns } from "./column";

export type Name = AnswerOf<"/runs:names">["names"][number];
export type NameKind = "metric" | "param" | "tag" | "property";

export function names(kind: NameKind, experimentId: string | null, search: string, limit: number): Promise<Name[]> {
  return call("/runs:names", { kind, experiment_id: experimentId, search, limit }).then((found) => found.names);
}

/** So many metrics and parameters stand in a table by themselves; so many are looked at to find them. */
const [COMMON, CANDIDATES] = [3, 200];
/** So many metrics are looked at in these runs. */
const LOOKED_AT = 12;
/** Of so many runs it is known whether all say the same: more are not worth waiting for. */
const SAMPLE = 20;

/** How a metric was logged of which there are figures; anything else is a file. */
const FIGURED: ReadonlySet<string> = new Set(["scalar", "list", "table", ""]);

/** What the machine measured beside the program: it says little about a run. */
const MACHINE = "system/";

/** A result has one of these words in its name, or is of data that was held back: this is what runs are compared by. */
const RESULT =
  /(^|[^a-z])(loss|err(or)?|r?mse|mae|acc(uracy)?|auc|f1|r2|score|reward|precision|recall)($|[^a-z])|^(val|test|eval)[^a-z]/i;

/** Metrics that have figures: results first, then those of most runs, curves before tables, the machine's last. */
export function preferred(metrics: readonly Name[]): Name[] {
  const place = ({ name }: Name) => (name.startsWith(MACHINE) ? 2 : RESULT.test(name) ? 0 : 1);
  const table = (of: Name) => Number(of.metric_kind === "list") + 2 * Number(of.metric_kind === "table");
  return metrics
    .filter((each) => FIGURED.has(each.metric_kind))
    .sort((a, b) => place(a) - place(b) || b.runs - a.runs || table(a) - table(b));
}

/** What may stand in a table of metrics: of tables, whose last value is one of many, none. */
function metricsOf(metrics: readonly Name[]): Column[] {
  return preferred(metrics)
    .filter((each) => each.metric_kind !== "table" && !each.name.startsWith(MACHINE))
    .slice(0, LOOKED_AT)
    .map((each) => ({ kind: "metric", name: each.name, column: each.column || "value", stat: "last" }));
}

const own = (name: "status" | "started" | "duration" | "experiment" | "target" | "user" | "tags"): Column => ({
  kind: "own",
  name,
});

/** A column that says the same of all these runs, as far as they are several, tells nothing; a metric does if any run has it. */
function tells(column: Column, rows: readonly Row[]): boolean {
  const said = new Set(rows.map((row) => valueText(value(row, column))));
  if (column.kind !== "own") said.delete("");
  return !rows.length || said.size > Number(rows.length > 1 && column.kind !== "metric");
}

export function defaultColumns(
  metrics: readonly Name[],
  params: readonly Name[],
  { experiment, rows = [] }: { experiment: boolean; rows?: readonly Row[] },
): Column[] {
  const telling = (column: Column) => tells(column, rows);
  const all = metricsOf(metrics);
  const told = all.filter(telling);
  // Of runs that measured nothing yet, and that go on, it is not known what they will.
  const shown = told.length || rows.every(({ run }) => run.ended_at) ? told : all;
  return [
    ...(experiment ? [own("experiment")] : []),
    own("status"),
    own("started"),
    own("duration"),
    ...shown.slice(0, COMMON),
    ...params
      .map((each): Column => ({ kind: "param", name: each.name }))
      .filter(telling)
      .slice(0, COMMON),
    ...[own("target"), own("user")].filter(telling),
    own("tags"), // who adds the first one sees it
  ];
}

/** What a table shows by itself. */
export interface Defaults {
  columns: readonly Column[];
  /** Children as rows of their own. */
  flat: boolean;
}

/** Where the runs of a table are: in an experiment, below a run of it, or anywhere. */
interface Place {
  experimentId: string | null;
  parentId: string | null;
}

/** Decided before the first rows, so that they never change places; without an answer it is nothing of the table's own. */
export async function chooseDefaults({ experimentId, parentId }: Place, runs: Asking["runs"]): Promise<Defaults> {
  const [metrics, params] = await Promise.all([
    names("metric", experimentId, "", CANDIDATES).catch(() => []),
    names("param", experimentId, "", CANDIDATES).catch(() => []),
  ]);
  const figures = metricColumns(metricsOf(metrics));
  const newest = (include_children: boolean) => {
    const of = { ...(experimentId && { experiment_id: experimentId }), ...(parentId && { parent_run_id: parentId }) };
    return runs({ ...of, include_children }, figures, SAMPLE).catch(() => []);
  };
  const measured = (row: Row) => [...row.figures.values()].some((each) => each);
  const top = await newest(false);
  // Parents that logged none of these metrics: were their children folded away, the table would be of dashes alone.
  const bare = experimentId && !parentId && top.length && top.length < SAMPLE && !top.some(measured);
  const all = bare ? await newest(true) : [];
  const flat = all.some(measured);
  return {
    columns: defaultColumns(metrics, params, { experiment: experimentId === null, rows: flat ? all : top }),
    flat,
  };
}
