/** The data of a run: the datasets that it was given, the folders and files that it wrote. */
import { ofRun, useCall } from "../../api/cache";
import { placeOfVersion } from "../../api/registry";
import { placeOf, type Run } from "../../api/run";
import { count } from "../../base/number";
import { address } from "../../base/place";
import { type Fact, Facts } from "../../ui/facts";
import { runWords } from "./words";

/** What a definition says of an input and of an output; it may be one of another program. */
interface Input {
  mode?: unknown;
  dataset?: { id?: unknown; definition?: { sources?: { path?: unknown }[] } };
}
interface Output {
  path?: unknown;
  additionalOptions?: { registrationOptions?: { name?: unknown } };
}

/** Files of the outputs that are named; the others are in their tab. */
const NAMED = 10;

function entries<Form>(run: Run, key: string): [string, Form | null][] {
  return Object.entries((run.definition[key] ?? {}) as Record<string, Form | null>);
}

export function Inputs({ run }: { run: Run }) {
  const facts = entries<Input>(run, "data").map(
    ([name, input]): Fact => [
      name,
      <>
        <Dataset of={input?.dataset} /> <span class="dim">{String(input?.mode ?? "")}</span>
      </>,
    ],
  );
  return <Facts title={runWords().inputs} facts={facts} />;
}

/** A version that is registered, else the files it is made of. */
function Dataset({ of }: { of: Input["dataset"] }) {
  const [, name, number] = /^(.+):(\d+)$/s.exec(String(of?.id ?? "")) ?? [];
  if (name !== undefined)
    return (
      <a class="link" href={address(placeOfVersion("dataset", name, Number(number)))}>
        {name}:{number}
      </a>
    );
  const sources = of?.definition?.sources;
  return <code>{Array.isArray(sources) && sources.map((each) => String(each?.path ?? "")).join(", ")}</code>;
}

export function Outputs({ run }: { run: Run }) {
  const say = runWords();
  const ask = { run_id: run.run_id, prefix: "outputs/", limit: NAMED };
  const files = useCall("/artifacts:list", ask, ofRun(run.run_id, "files")).value.data;
  const link = (text: string, file?: string) => (
    <a key={text} class="link each" href={address(placeOf(run, "outputs"), { file })}>
      {text}
    </a>
  );
  const facts = entries<Output>(run, "outputData").map(([name, output]): Fact => {
    const dataset = output?.additionalOptions?.registrationOptions?.name;
    return [
      name,
      <>
        {link(String(output?.path ?? name))}
        {typeof dataset === "string" && (
          <a class="link each" href={address(placeOfVersion("dataset", dataset))}>
            {dataset}
          </a>
        )}
      </>,
    ];
  });
  const named = files?.artifacts.map((each) => link(each.path, each.path)) ?? [];
  const more = files?.next_cursor && link(say.allFiles);
  return (
    <Facts
      title={say.outputsOf}
      facts={[...facts, [say.files(count(named.length) + (more ? "+" : "")), named.length > 0 && [...named, more]]]}
    />
  );
}
