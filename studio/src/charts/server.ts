/** The server that the studio came from, as a source of charts. */
import { apiAddress, call, send } from "../api/call";
import { Failure } from "../api/failure";
import { frames } from "../api/frame";
import { listen } from "../api/live";
import { metricsOf } from "../api/metric";
import type { RunFigures, Source } from "./source";

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
