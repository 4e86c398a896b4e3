import type { TabProps } from "./run";

export function MonitoringTab({ run }: TabProps) {
  return <div class="empty">{run.run_id}</div>;
}
