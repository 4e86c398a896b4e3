/** The jobs of a compute target that wait, or that work; their number has a + where there are more than could be read. */
import { ofKind, useCall } from "../../api/cache";
import type { Schemas } from "../../api/call";
import { atLeast } from "../../ui/run-count";

/** Rows of a page: as many as the server gives at once. */
export const PAGE = 1000;

export function useJobs(target: string, state: "queued" | "leased") {
  const { data } = useCall("/jobs:list", { target, states: [state], limit: PAGE }, ofKind("jobs")).value;
  const jobs: readonly Schemas["Job"][] = data?.jobs ?? [];
  return { jobs, number: data && atLeast(jobs.length, data.next_cursor), more: Boolean(data?.next_cursor) };
}
