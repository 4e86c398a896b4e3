/** The page "settings". */
import { Page } from "../../ui/page";

export default function Settings({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "settings" }]}>
      <div class="empty" />
    </Page>
  );
}
