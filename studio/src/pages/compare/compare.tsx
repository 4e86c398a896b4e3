/** The page "compare". */
import { Page } from "../../ui/page";

export default function Compare({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "compare" }]}>
      <div class="empty" />
    </Page>
  );
}
