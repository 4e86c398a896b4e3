import type { TabProps } from "./run";
export function MetricsTab({ run }: TabProps) {
  return <div class="empty">{run.run_id}</div>;
}
