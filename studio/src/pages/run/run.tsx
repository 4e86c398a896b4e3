/** The page "run". */
import { Page } from "../../ui/page";

export default function Run({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "run" }]}>
      <div class="empty" />
    </Page>
  );
}
