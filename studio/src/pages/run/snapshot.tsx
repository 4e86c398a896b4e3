import type { TabProps } from "./run";
export function SnapshotTab({ run }: TabProps) {
  return <div class="empty">{run.run_id}</div>;
}
