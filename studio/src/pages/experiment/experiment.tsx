/** The page "experiment". */
import { Page } from "../../ui/page";

export default function Experiment({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "experiment" }]}>
      <div class="empty" />
    </Page>
  );
}
