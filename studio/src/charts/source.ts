/** Where charts get what they draw: a server (`server.ts`), or a notebook's kernel. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Schemas } from "../api/call";
import type { Frame } from "../api/frame";

export type Metric = Schemas["Metric"];
export type Summary = Schemas["Summary"];
export type MetricRows = Schemas["MetricRows"];

/** A chart as the server is asked for it (docs/chart.md). */
export interface ChartShape {
  series: { run_id: string; metric: string; column: string }[];
  x: { kind: string; metric?: string; column?: string; start: number | null; end: number | null };
  buckets: number;
  parts: string[];
  smoothing?: { kind: string; amount: number } | null;
  groups?: { series: number[]; aggregate: string; band: string }[];
}

/** What is known of a run beside its metrics: parameters, and summaries of the columns asked for. */
export interface RunFigures {
  run: string;
  params: Readonly<Record<string, unknown>>;
  summaries: readonly (Summary | null)[];
}

export interface Source {
  /** All metrics of a run. */
  metrics(run: string): Promise<Metric[]>;
  /** Charts in the order asked for, as they come. */
  frames(charts: readonly ChartShape[], signal: AbortSignal): AsyncIterable<Frame>;
  rows(run: string, metric: string, first: number, count: number): Promise<MetricRows>;
  figures(runs: readonly string[], columns: readonly { metric: string; column: string }[]): Promise<RunFigures[]>;
  /** A file of a run that holds JSON. */
  document(run: string, path: string): Promise<unknown>;
  /** Hear which runs have new points, until the returned function is called. */
  hear(listener: (runs: ReadonlySet<string>) => void): () => void;
  /** Be told which charts somebody has on the screen, if news of them is sent unasked. */
  follow?(who: object, charts: readonly ChartShape[]): void;
}

/** Whoever shows charts says where they get it. */
export const SourceContext = createContext<Source | null>(null);

export function useSource(): Source {
  const source = useContext(SourceContext);
  if (!source) throw new Error("Charts stand within a SourceContext.");
  return source;
}
