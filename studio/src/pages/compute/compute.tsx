/** The page "compute". */
import { Page } from "../../ui/page";

export default function Compute({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "compute" }]}>
      <div class="empty" />
    </Page>
  );
}
