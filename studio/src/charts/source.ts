/** Where charts get what they draw: the server here; a notebook's kernel gives the same by other means. */
import { createContext } from "preact";
import { apiAddress, call, Failure, type Schemas, send } from "../api/call";
import { type Frame, frames } from "../api/frame";
import { listen } from "../api/live";
import { metricsOf } from "../api/metric";

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
}

const FRAME = "application/vnd.runwatch.frame";
const PAGE = 1_000;

async function figures(
  runs: readonly string[],
  columns: readonly { metric: string; column: string }[],
): Promise<RunFigures[]> {
  const found: RunFigures[] = [];
  for (let at = 0; at < runs.length; at += PAGE) {
    const run_ids = runs.slice(at, at + PAGE);
    const page = await call("/runs:list", { run_ids, columns: [...columns], limit: PAGE, hidden: true });
    page.runs.forEach((run, row) => {
      found.push({ run: run.run_id, params: run.params, summaries: page.summaries[row] ?? [] });
    });
  }
  return found;
}

async function jsonFile(run: string, path: string): Promise<unknown> {
  const answer = await fetch(apiAddress("/artifacts:download", { run_id: run, path }), { credentials: "same-origin" });
  if (!answer.ok) throw new Failure(answer.status, "error", answer.statusText);
  return answer.json();
}

/** The server that the studio came from. */
export const server: Source = {
  metrics: metricsOf,
  figures,
  document: jsonFile,
  async *frames(charts, signal) {
    const answer = await send("/series:batch", { charts }, FRAME, { signal });
    if (answer.body) yield* frames(answer.body);
  },
  rows: (run, name, first, count) => call("/metrics:read", { run_id: run, name, first, count }),
  hear: (listener) =>
    listen((notices) => {
      const runs = notices.filter((notice) => notice.what.includes("metrics")).map((notice) => notice.subject);
      if (runs.length) listener(new Set(runs));
    }),
};

export const SourceContext = createContext<Source>(server);
