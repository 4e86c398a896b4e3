/** What the machine and the run's processes did, on the same clock as the metrics. */
import { MetricsTab } from "./metrics";
import type { TabProps } from "./tab";

export function MonitoringTab({ run }: TabProps) {
  return <MetricsTab run={run} system />;
}
