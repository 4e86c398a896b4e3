/** What is known of a version: what it is about, how it is used, where it comes from, what it is made of. */
import type { AnswerOf } from "../../api/call";
import { type Kind, numberOf, placeOfVersion, sourceOf } from "../../api/registry";
import type { Run } from "../../api/run";
import { size } from "../../base/number";
import { address } from "../../base/place";
import { type Fact, Facts } from "../../ui/facts";
import { Moment } from "../../ui/moment";
import { RunAbout } from "../../ui/run-about";
import { Snippet } from "../../ui/snippet";
import { codeOf } from "./code";
import { datasetsOf, said, saidOf } from "./definition";
import { SourceLink } from "./source-link";
import { useSources } from "./use";
import { registryWords } from "./words";

const markdown = async () => ({ default: (await import("../../files/preview/markdown")).Markdown });

interface Props {
  kind: Kind;
  name: string;
  record: Run;
  /** The first files; undefined while they are on their way. */
  files: AnswerOf<"/artifacts:list"> | undefined;
}

/** Properties that are ours. */
const OWN = "runwatch.";

export function VersionDetails({ kind, name, record, files }: Props) {
  const say = registryWords();
  const properties = Object.entries(record.properties).filter(([key]) => !key.startsWith(OWN));
  return (
    <div class="scroll details">
      <div class="columns">
        <section>
          <RunAbout run={record} hint={say[kind].noDescription} markdown={{ load: markdown, picture: () => null }} />
          <h2>{say.use}</h2>
          <Snippet code={codeOf(kind, name, numberOf(record))} />
        </section>
        <section>
          <Registered kind={kind} record={record} files={files} />
          <Datasets record={record} />
          <Definition kind={kind} record={record} />
          <Facts title={say.properties} facts={properties} />
        </section>
      </div>
    </div>
  );
}

function Registered({ kind, record, files }: Omit<Props, "name">) {
  const say = registryWords();
  const source = sourceOf(record);
  const sources = useSources([record]);
  const model = kind === "model";
  const framework = model ? ["framework", "framework_version"].map((each) => said(record.definition, each)) : [];
  const some = files?.artifacts ?? [];
  const bytes = some.reduce((sum, each) => sum + each.size_bytes, 0);
  // The room of what is on its way is kept, so that nothing jumps when it comes.
  const sized =
    some.length > 0
      ? say.sizeOf(size(bytes), some.length, Boolean(files?.next_cursor))
      : model && !files && <span class="skeleton" />;
  return (
    <Facts
      title={say.registered}
      facts={[
        [say.framework, framework.filter(Boolean).join(" ")],
        [say.source, source && <SourceLink id={source} runs={sources} />],
        [say.size, sized],
        [say.created, <Moment key="created" at={record.created_at} />],
        [say.user, record.submitted_by],
        [say.resources, model ? said(record.definition, "resources") : null],
      ]}
    />
  );
}

/** The datasets that a model was registered with, by what they were for. */
function Datasets({ record }: { record: Run }) {
  const found = record.type === "runwatch.model" ? datasetsOf(record.definition) : [];
  const byPurpose = new Map<string, string[]>();
  for (const [purpose, id] of found) byPurpose.set(purpose, [...(byPurpose.get(purpose) ?? []), id]);
  const facts = [...byPurpose].map(
    ([purpose, ids]): Fact => [purpose, ids.map((id) => <DatasetLink key={id} id={id} />)],
  );
  return <Facts title={registryWords().dataset.title} facts={facts} />;
}

function DatasetLink({ id }: { id: string }) {
  const [, name, number] = /^(.+):(\d+)$/s.exec(id) ?? [];
  if (name === undefined) return <span class="each">{id}</span>;
  return (
    <a class="link each" href={address(placeOfVersion("dataset", name, Number(number)))}>
      {id}
    </a>
  );
}

function Definition({ kind, record }: { kind: Kind; record: Run }) {
  const say = registryWords();
  const facts = saidOf(kind, record.definition).map(
    ([what, lines]): Fact => [say.said[what], <code key={what}>{lines.join("\n")}</code>],
  );
  if (kind === "model") return null;
  return (
    <>
      <Facts title={say[kind].definition} facts={facts} />
      <details class="definition">
        <summary>{say.whole}</summary>
        <pre>{JSON.stringify(record.definition, null, 2)}</pre>
      </details>
    </>
  );
}
