import type { PartProps } from "./compare";

export function CompareCharts({ runs }: PartProps) {
  return <div class="empty">{runs.length}</div>;
}
