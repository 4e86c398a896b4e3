/** What is done to runs: cancel a tree, archive, delete. */
import { call, type Schemas } from "./call";
import type { Run } from "./run";

/** Cancel a run and its submitted children: queued ones at once, those at work as soon as their processes have ended. */
export function cancel(run_id: string): Promise<Run> {
  return call("/runs:cancel", { run_id });
}

export function archive(run_id: string, hidden: boolean): Promise<Run> {
  return call("/runs:update", { run_id, hidden });
}

export function remove(run_ids: readonly string[]): Promise<Schemas["Deleted"]> {
  return call("/runs:delete", { run_ids: [...run_ids] });
}
