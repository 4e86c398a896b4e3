/** The metrics of a run. */
import type { Schemas } from "./call";
import { figured } from "./figures";

const PAGE = 1_000;

/** All of them, page after page. */
export async function metricsOf(run_id: string): Promise<Schemas["Metric"][]> {
  const found: Schemas["Metric"][] = [];
  let cursor: string | null = null;
  do {
    const page: Schemas["MetricPage"] = await figured("/metrics:list", { run_id, limit: PAGE, cursor });
    found.push(...page.metrics);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}
