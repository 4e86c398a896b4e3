/** A run: what it is called, where its page is, which statuses it may stand in. */
import type { Schemas } from "./call";

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
