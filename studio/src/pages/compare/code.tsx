import type { PartProps } from "./compare";

export function CompareCode({ runs }: PartProps) {
  return <div class="empty">{runs.length}</div>;
}
