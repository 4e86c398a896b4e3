/** The metrics of the runs that are shown: what was logged under each name, whatever the name is. */
import { useMemo, useRef } from "preact/hooks";
import { byText } from "../base/by-text";
import { type Loaded, useLoaded } from "./loaded";
import type { Metric, Source } from "./source";

/** What is known of a column over all runs. */
export interface ColumnFacts {
  name: string;
  /** Numbers or booleans alone. */
  numeric: boolean;
  bool: boolean;
  /** Numbers and others: no line can be drawn through them. */
  mixed: boolean;
}

/** A metric of one or more runs. */
export interface Found {
  name: string;
  kind: Metric["kind"];
  /** By run. */
  of: ReadonlyMap<string, Metric>;
  columns: readonly ColumnFacts[];
  /** The most rows that a run has of it. */
  rows: number;
}

/** Of so many runs the metrics are listed; the first ones say what there is. */
export const LISTED = 20;

/** The union of what runs have, in the order of names. */
export function union(metrics: ReadonlyMap<string, readonly Metric[]>): Found[] {
  const named = new Map<string, Map<string, Metric>>();
  for (const [run, all] of metrics) {
    for (const metric of all) {
      const of = named.get(metric.name) ?? new Map<string, Metric>();
      named.set(metric.name, of.set(run, metric));
    }
  }
  return [...named].map(([name, of]) => foundOf(name, of)).sort((a, b) => byText(a.name, b.name));
}

function foundOf(name: string, of: Map<string, Metric>): Found {
  const all = [...of.values()];
  const columns = new Map<string, ColumnFacts>();
  for (const { columns: summaries } of all) {
    for (const { column, type, count, numeric } of summaries) {
      const before = columns.get(column) ?? { name: column, numeric: true, bool: true, mixed: false };
      // A column of nothing but None is neither, and says nothing against the other runs.
      const empty = count === 0;
      columns.set(column, {
        name: column,
        numeric: before.numeric && (empty || (numeric === count && type !== "str")),
        bool: before.bool && (empty || type === "bool"),
        mixed: before.mixed || (numeric > 0 && numeric < count),
      });
    }
  }
  return {
    name,
    kind: all[0]!.kind,
    of,
    columns: [...columns.values()],
    rows: Math.max(...all.map((each) => each.rows)),
  };
}

/** The metrics of these runs; listed anew, of those alone that changed, when points come. */
export function useFound(runs: readonly string[]): Loaded<Found[]> {
  const key = runs.join("\n");
  const kept = useRef(new Map<string, Metric[]>());
  const wanted = useMemo(() => new Set(runs), [key]);
  const load = async (source: Source, changed: ReadonlySet<string> | null) => {
    const asked = runs.filter((run) => (changed ? changed.has(run) : true));
    await Promise.all(
      asked.map(async (run) => {
        kept.current.set(run, await source.metrics(run));
      }),
    );
    return union(
      new Map(runs.flatMap((run) => (kept.current.has(run) ? [[run, kept.current.get(run)!] as const] : []))),
    );
  };
  return useLoaded(runs.length ? key : null, wanted, load).value;
}
