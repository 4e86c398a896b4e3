/** The metrics of a run. */
import { call, type Schemas } from "./call";

const PAGE = 1_000;

/** All of them, page after page. */
export async function metricsOf(run_id: string): Promise<Schemas["Metric"][]> {
  const found: Schemas["Metric"][] = [];
  let cursor: string | null = null;
  do {
    const page: Schemas["MetricPage"] = await call("/metrics:list", { run_id, limit: PAGE, cursor });
    found.push(...page.metrics);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}
