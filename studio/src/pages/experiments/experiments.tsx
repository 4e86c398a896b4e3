/** The page "experiments". */
import { Page } from "../../ui/page";

export default function Experiments({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "experiments" }]}>
      <div class="empty" />
    </Page>
  );
}
