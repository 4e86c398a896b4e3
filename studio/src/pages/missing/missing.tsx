/** What an address that means nothing shows: what was looked for, and where to go. */
import { catalogue } from "../../base/language";
import { address } from "../../base/place";
import { Page } from "../../ui/page";

const words = catalogue({
  en: {
    title: "Not found",
    text: (at: string) => `The studio has no page ${at}.`,
    experiments: "Experiments",
    runs: "All runs",
  },
  fr: {
    title: "Introuvable",
    text: (at: string) => `Le studio n'a pas de page ${at}.`,
    experiments: "Expériences",
    runs: "Toutes les exécutions",
  },
});

export default function Missing({ at }: { at: readonly string[] }) {
  const say = words();
  return (
    <Page crumbs={[{ label: say.title }]}>
      <div class="empty">
        <h2>{say.title}</h2>
        <p>{say.text(at.join("/"))}</p>
        <p>
          <a class="link" href={address(["experiments"])}>
            {say.experiments}
          </a>{" "}
          <a class="link" href={address(["runs"])}>
            {say.runs}
          </a>
        </p>
      </div>
    </Page>
  );
}
