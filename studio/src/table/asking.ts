/** What a table asks the server for; a table is handed it, so that it can be tried without one. */
import { type AnswerOf, type AskOf, call } from "../api/call";
import type { MetricColumn, Run, Summary } from "./column";
import { metricKey } from "./column";
import type { Conditions } from "./view";

/** One run with what the columns show of it. */
export interface Row {
  run: Run;
  /** By the key of the metric column; null where the run lacks it, not there where nobody asked yet. */
  figures: ReadonlyMap<string, Summary | null>;
  children: number;
  /** When something of it was last seen to change, in milliseconds; 0 for what came with the table. */
  changedAt: number;
}

export interface Asking {
  rank(of: Conditions, signal: AbortSignal): Promise<{ rank_id: string; total: number }>;
  /** Rows by their place; null for one that was deleted since. */
  rows(
    rank: string,
    first: number,
    count: number,
    columns: readonly MetricColumn[],
    signal: AbortSignal,
  ): Promise<(Row | null)[]>;
  /** These runs as they are now, in no order. */
  runs(of: Conditions, columns: readonly MetricColumn[], limit: number): Promise<Row[]>;
}

export type Names = AnswerOf<"/runs:names">;
export type Groups = AnswerOf<"/runs:group">;
export type GroupAsk = AskOf<"/runs:group">;

function rowsOf(
  runs: readonly Run[],
  summaries: readonly (readonly (Summary | null)[])[],
  children: readonly number[],
  columns: readonly MetricColumn[],
): Row[] {
  const keys = columns.map(metricKey);
  return runs.map((run, index) => ({
    run,
    figures: new Map(keys.map((key, at) => [key, summaries[index]?.[at] ?? null])),
    children: children[index] ?? 0,
    changedAt: 0,
  }));
}
