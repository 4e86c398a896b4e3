/** The page "missing". */
import { Page } from "../../ui/page";

export default function Missing({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "missing" }]}>
      <div class="empty" />
    </Page>
  );
}
