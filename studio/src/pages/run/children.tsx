/** The direct children of a run: the table and charts of an experiment, of these runs alone. */
import { catalogue } from "../../base/language";
import { Charts } from "../../dashboard/charts";
import { Split } from "../../dashboard/split";
import { RunsView, useRoom } from "../../table/runs-view";
import type { TabProps } from "./tab";

const words = catalogue({
  en: { none: "This run has no child runs." },
  fr: { none: "Cette exécution n'a pas d'exécutions enfants." },
});

export function ChildrenTab({ run }: TabProps) {
  const room = useRoom(run.experiment_id, run.run_id);
  if (!room) return null;
  return (
    <RunsView
      room={room}
      between={
        <Split room={room}>
          <Charts room={room} />
        </Split>
      }
      empty={<div class="empty">{words().none}</div>}
    />
  );
}
