/** The page "home". */
import { Page } from "../../ui/page";

export default function Home({ at }: { at: readonly string[] }) {
  return (
    <Page crumbs={[{ label: at.join(" / ") || "home" }]}>
      <div class="empty" />
    </Page>
  );
}
