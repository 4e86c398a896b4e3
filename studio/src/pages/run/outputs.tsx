import type { TabProps } from "./run";
export function OutputsTab({ run }: TabProps) {
  return <div class="empty">{run.run_id}</div>;
}
