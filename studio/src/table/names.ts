/** The names that an experiment's runs use, and which columns a table shows before anybody chose. */

import type { AnswerOf } from "../api/call";
import { call } from "../api/call";
import type { Column } from "./column";

export type Name = AnswerOf<"/runs:names">["names"][number];
export type NameKind = "metric" | "param" | "tag" | "property";

export function names(kind: NameKind, experimentId: string | null, search: string, limit: number): Promise<Name[]> {
  return call("/runs:names", { kind, experiment_id: experimentId, search, limit }).then((found) => found.names);
}

/** So many of the most common metrics and parameters stand in a table by themselves. */
const COMMON = 3;

/** Kinds of metrics whose last value is a number worth a column. */
const NUMERIC: ReadonlySet<string> = new Set(["scalar", "list", ""]);

/** What the machine measured beside the program: it says little about a run. */
const MACHINE = "system/";

export function defaultColumns(
  metrics: readonly Name[],
  params: readonly Name[],
  { experiment }: { experiment: boolean },
): Column[] {
  const own = (name: "status" | "started" | "duration" | "experiment" | "target" | "user" | "tags"): Column => ({
    kind: "own",
    name,
  });
  return [
    ...(experiment ? [own("experiment")] : []),
    own("status"),
    own("started"),
    own("duration"),
    ...metrics
      .filter((each) => NUMERIC.has(each.metric_kind) && !each.name.startsWith(MACHINE))
      .slice(0, COMMON)
      .map((each): Column => ({ kind: "metric", name: each.name, column: each.column || "value", stat: "last" })),
    ...params.slice(0, COMMON).map((each): Column => ({ kind: "param", name: each.name })),
    own("target"),
    own("user"),
    own("tags"),
  ];
}

/** The columns a table shows by itself. Without an answer it shows none of its own making. */
export async function chooseColumns(experimentId: string | null): Promise<Column[]> {
  const [metrics, params] = await Promise.all([
    names("metric", experimentId, "", 50).catch(() => []),
    names("param", experimentId, "", COMMON).catch(() => []),
  ]);
  return defaultColumns(metrics, params, { experiment: experimentId === null });
}
