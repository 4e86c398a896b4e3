/** What stands where a run that waits has nothing to show yet: what it waits for. */
import { useCall } from "../../api/cache";
import type { Run } from "../../api/run";
import { placeInQueue } from "../../ui/queue";
import { runWords } from "./words";

/** The place of a run that waits, in words; nothing while it is unknown. */
export function usePlace(run: Run): string {
  const jobs = useCall("/jobs:list", run.status === "Queued" ? { run_id: run.run_id, limit: 1 } : null, () => true);
  const place = jobs.value.data?.jobs[0]?.position;
  return place ? placeInQueue(place) : "";
}

export function Queued({ run }: { run: Run }) {
  const say = runWords();
  return (
    <div class="empty">
      <h2>{[say.waitsFor(run.target ?? ""), usePlace(run)].filter(Boolean).join(", ")}</h2>
      <p>{say.waitsText}</p>
    </div>
  );
}
