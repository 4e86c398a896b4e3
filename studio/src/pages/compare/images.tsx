import type { PartProps } from "./compare";

export function CompareImages({ runs }: PartProps) {
  return <div class="empty">{runs.length}</div>;
}
