/** What a table asks the server for; a table is handed it, so that it can be tried without one. */
import { type AnswerOf, type AskOf, call } from "../api/call";
import { figured } from "../api/figures";
import { type MetricColumn, metricKey, type Run, type Summary } from "./column";
import type { Conditions } from "./view";

/** One run with what the columns show of it. */
export interface Row {
  run: Run;
  /** By the key of the metric column; null where the run lacks it, not there where nobody asked yet. */
  figures: ReadonlyMap<string, Summary | null>;
  children: number;
  /** What it was before it was last seen to change. */
  before?: Row;
  changedAt?: number;
}

export type GroupAsk = AskOf<"/runs:group">;
export type Groups = AnswerOf<"/runs:group">;

export interface Asking {
  /** An order of runs; without `keep` only how many there are and what tells it from another, and no rows can be read. */
  rank(
    of: Conditions & { keep?: boolean },
    signal: AbortSignal,
  ): Promise<{ rank_id: string; total: number; digest: string }>;
  /** Rows by their place; null for one that was deleted since. */
  rows(
    rank: string,
    first: number,
    count: number,
    columns: readonly MetricColumn[],
    signal: AbortSignal,
  ): Promise<(Row | null)[]>;
  groups(ask: GroupAsk): Promise<Groups>;
  /** These runs as they are now, in no order. */
  runs(of: Conditions, columns: readonly MetricColumn[], limit: number): Promise<Row[]>;
}

function rowsOf<Found extends Run | null>(
  runs: readonly Found[],
  summaries: readonly (readonly (Summary | null)[])[],
  children: readonly number[],
  columns: readonly MetricColumn[],
): (Found extends Run ? Row : null)[] {
  const keys = columns.map(metricKey);
  const rowOf = (run: Run, index: number): Row => ({
    run,
    figures: new Map(keys.map((key, at) => [key, summaries[index]?.[at] ?? null])),
    children: children[index] ?? 0,
  });
  return runs.map((run, index) => run && rowOf(run, index)) as (Found extends Run ? Row : null)[];
}

/** The server itself. */
export const server: Asking = {
  rank: (of, signal) => call("/runs:rank", of, signal),
  async rows(rank_id, first, count, columns, signal) {
    const found = await figured("/runs:rows", { rank_id, first, count, columns: [...columns] }, signal);
    return rowsOf(found.runs, found.summaries, found.children, columns);
  },
  groups: (ask) => figured("/runs:group", ask),
  async runs(of, columns, limit) {
    const found = await figured("/runs:list", { ...of, columns: [...columns], limit });
    return rowsOf(found.runs, found.summaries, [], columns);
  },
};
