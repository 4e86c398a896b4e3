/** What is done to runs: cancel a tree, start again, archive, delete; and what a run is called. */
import { call, type Schemas } from "./call";

export type Run = Schemas["Run"];

export const ENDED: ReadonlySet<string> = new Set(["Completed", "Failed", "Canceled"]);

/** What a run is called in lists. */
export function nameOf(run: Pick<Run, "display_name" | "name" | "run_id">): string {
  return run.display_name || run.name || run.run_id;
}

/** The parts of the address of a run's page. */
export function placeOf(run: Pick<Run, "experiment" | "run_id">, ...tab: string[]): string[] {
  return ["experiments", run.experiment, "runs", run.run_id, ...tab];
}

/** Cancel a run and all below it that has not ended: those with a job through their queue, the others at once. */
export async function cancel(run: Run): Promise<void> {
  let cursor: string | null = null;
  do {
    const page: Schemas["RunPage"] = await call("/runs:list", {
      root_run_id: run.root_run_id,
      hidden: true,
      limit: 1000,
      cursor,
    });
    const below = new Set([run.run_id]);
    // Parents are older than their children.
    for (const each of [...page.runs].reverse()) {
      if (each.run_id !== run.run_id && !below.has(each.parent_run_id ?? "")) continue;
      below.add(each.run_id);
      if (!ENDED.has(each.status)) await cancelOne(each.run_id);
    }
    cursor = page.next_cursor;
  } while (cursor);
}

async function cancelOne(run_id: string): Promise<void> {
  const { changed } = await call("/jobs:cancel", { run_id });
  if (changed) return;
  const { jobs } = await call("/jobs:list", { run_id, limit: 1 });
  if (!jobs.length) await call("/runs:update", { run_id, status: "Canceled", reason: "canceled in the studio" });
}

export function archive(run_id: string, hidden: boolean): Promise<Run> {
  return call("/runs:update", { run_id, hidden });
}

export function remove(run_ids: readonly string[]): Promise<Schemas["Deleted"]> {
  return call("/runs:delete", { run_ids: [...run_ids] });
}

/** The statuses of runs that wait or run: they are on a compute target, or will be. */
export const ACTIVE: readonly Run["status"][] = [
  "NotStarted",
  "Queued",
  "Provisioning",
  "Preparing",
  "Starting",
  "Running",
  "Finalizing",
  "CancelRequested",
  "Pausing",
  "Paused",
  "NotResponding",
  "Unapproved",
];
