/** The run before or after another one: of its experiment, or among the children of its parent. */
import type { AskOf } from "../../api/call";
import type { Run } from "../../api/run";

export function beside(run: Run, op: "<" | ">"): AskOf<"/runs:list"> {
  return {
    ...(run.parent_run_id
      ? { parent_run_id: run.parent_run_id }
      : { experiment_id: run.experiment_id, include_children: false }),
    filter: `number ${op} ${run.number}`,
    order: { field: "number", descending: op === "<" },
    limit: 1,
  };
}
