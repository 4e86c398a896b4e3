/** What a run has, so that tabs without content are left out. */
import { ofKind, ofRun, useCall } from "../../api/cache";
import type { Run } from "../../api/run";
import { useRunCount } from "../../ui/run-count";

export interface Content {
  metrics: boolean;
  images: boolean;
  children: number;
  snapshot: boolean;
  system: boolean;
}

/** What the figures of the machine are called by. */
const SYSTEM = "system/";

export function useContent(run: Run): Content {
  const run_id = run.run_id;
  const metrics = useCall("/metrics:list", { run_id, limit: 1000 }, ofRun(run_id, "metrics"));
  const shown = metrics.value.data;
  // Among the first thousand, mostly; where there are more, they may be behind those.
  const seen = shown?.metrics.some((metric) => metric.name.startsWith(SYSTEM)) ?? false;
  const behind = shown?.next_cursor && !seen ? { run_id, prefix: SYSTEM, limit: 1 } : null;
  const system = useCall("/metrics:list", behind, ofRun(run_id, "metrics"));
  const children = useRunCount({ parent_run_id: run_id }, ofKind("run", "deleted"));
  return {
    metrics: Boolean(shown?.metrics.length),
    images: metrics.value.data?.metrics.some((metric) => metric.kind === "image") ?? false,
    children: children ?? 0,
    snapshot: "ContentSnapshotId" in run.properties,
    system: seen || Boolean(system.value.data?.metrics.length),
  };
}
