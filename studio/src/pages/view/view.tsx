/** The page "view". */
import { Page } from "../../ui/page";

export default function View({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "view" }]}>
      <div class="empty" />
    </Page>
  );
}
