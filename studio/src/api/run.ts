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
