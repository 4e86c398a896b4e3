/** An experiment by its id, as addresses of other studios name it: looked up, and opened by its name. */
import { useEffect } from "preact/hooks";
import { useCall } from "../../api/cache";
import { catalogue } from "../../base/language";
import { address, go } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Page } from "../../ui/page";

const words = catalogue({
  en: {
    experiments: "Experiments",
    missing: "No experiment of this id",
    text: (id: string) => `There is no experiment with the id ${id} in this workspace.`,
  },
  fr: {
    experiments: "Expériences",
    missing: "Aucune expérience de cet identifiant",
    text: (id: string) => `Il n'y a pas d'expérience d'identifiant ${id} dans cet espace de travail.`,
  },
});

export default function ExperimentById({ at }: { at: readonly string[] }) {
  const say = words();
  const id = at[0] ?? "";
  const { data, failure } = useCall("/experiments:list", { experiment_id: id, view: "all" }).value;
  const name = data?.experiments[0]?.name;
  useEffect(() => {
    if (name !== undefined) go(address(["experiments", name]), "replace");
  }, [name]);
  return (
    <Page crumbs={[{ label: say.experiments, href: address(["experiments"]) }, { label: id }]}>
      {failure && <FailureNote failure={failure} />}
      {data && name === undefined && (
        <div class="empty">
          <h2>{say.missing}</h2>
          <p>{say.text(id)}</p>
        </div>
      )}
    </Page>
  );
}
