import type { TabProps } from "./run";
export function ImagesTab({ run }: TabProps) {
  return <div class="empty">{run.run_id}</div>;
}
