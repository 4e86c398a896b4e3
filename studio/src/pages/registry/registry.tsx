/** What is registered: models, datasets and environments as lists, or one of them with its versions. */
import type { Kind } from "../../api/registry";
import { address } from "../../base/place";
import { Page } from "../../ui/page";
import { Tabs } from "../../ui/tabs";
import { NameList } from "./list";
import "./registry.css";
import { Named } from "./named";
import { registryWords } from "./words";

const KINDS: readonly Kind[] = ["model", "dataset", "environment"];

export default function Registry({ at }: { at: readonly string[] }) {
  const [place, name, version] = at;
  const kind = KINDS.find((each) => `${each}s` === place) ?? "model";
  if (name !== undefined) return <Named key={`${kind} ${name}`} kind={kind} name={name} version={version} />;
  return <Lists kind={kind} />;
}

function Lists({ kind }: { kind: Kind }) {
  const say = registryWords();
  return (
    <Page crumbs={[{ label: say[kind].title }]}>
      <Tabs
        label={say.tabs}
        here={kind}
        tabs={KINDS.map((each) => ({ id: each, label: say[each].title, href: address([`${each}s`]) }))}
      />
      <NameList key={kind} kind={kind} />
    </Page>
  );
}
