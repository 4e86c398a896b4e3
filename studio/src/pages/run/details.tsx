/** Everything about a run that is no metric and no file: why it ended as it did, what was started, where, by whom, from which code. */
import { useCall } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { askVersions, calledOf, numberOf, ofVersions, placeOfVersion } from "../../api/registry";
import { placeOf, type Run } from "../../api/run";
import { exact, precise } from "../../base/number";
import { address } from "../../base/place";
import { type Fact, Facts } from "../../ui/facts";
import { Elapsed, Moment } from "../../ui/moment";
import { RunAbout } from "../../ui/run-about";
import { said } from "../../ui/run-said";
import { Inputs, Outputs } from "./data";
import { Life } from "./life";
import type { TabProps } from "./tab";
import { Why } from "./why";
import { runWords } from "./words";

const markdown = async () => ({ default: (await import("../../files/preview/markdown")).Markdown });

export function DetailsTab({ run }: TabProps) {
  const say = runWords();
  // Pictures are files of the run: nothing comes from elsewhere.
  const picture = (name: string) =>
    /^([a-z][a-z0-9+.-]*:|[/\\])/i.test(name)
      ? null
      : apiAddress("/artifacts:download", { run_id: run.run_id, path: name.replace(/^\.\//, "") });
  return (
    <div class="scroll details">
      <Why run={run} />
      <div class="columns">
        <section>
          <RunAbout run={run} hint={say.noDescription} markdown={{ load: markdown, picture }} />
          <Parameters run={run} />
          <h2>{say.life}</h2>
          <Life run={run} />
        </section>
        <section>
          <Started run={run} />
          <Inputs run={run} />
          <Code run={run} />
          <Properties run={run} />
          {/* These come later than the others, and move none of them. */}
          <Outputs run={run} />
          <Models run={run} />
        </section>
      </div>
    </div>
  );
}

/** The models that were registered from the run, each with its versions. */
function Models({ run }: { run: Run }) {
  const say = runWords();
  const found = useCall("/runs:list", askVersions("model", { source: run.run_id }), ofVersions("model")).value.data;
  const byName = new Map<string, Run[]>();
  for (const version of found?.runs ?? []) {
    const name = calledOf(version);
    byName.set(name, [...(byName.get(name) ?? []), version]);
  }
  const facts = [...byName].map(
    ([name, versions]): Fact => [
      name,
      versions.map((each) => (
        <a key={each.run_id} class="link each" href={address(placeOfVersion("model", name, numberOf(each)))}>
          {say.version(numberOf(each))}
        </a>
      )),
    ],
  );
  return <Facts title={say.models} facts={facts} />;
}

function Parameters({ run }: { run: Run }) {
  const facts = Object.entries(run.params).map(
    ([name, value]): Fact => [
      name,
      <code key={name} title={textOf(value)}>
        {typeof value === "number" ? precise(value) : textOf(value)}
      </code>,
    ],
  );
  return <Facts title={runWords().params} facts={facts} />;
}

/** A value as it was given: numbers with all their digits. */
function textOf(value: unknown): string {
  if (typeof value === "number") return exact(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

interface Definition {
  script?: string;
  command?: string | string[];
  arguments?: string[];
  environment?: { name?: string; version?: string | null };
}

function Started({ run }: { run: Run }) {
  const say = runWords();
  const definition = run.definition as Definition;
  const command = Array.isArray(definition.command) ? definition.command.join(" ") : definition.command;
  return (
    <Facts
      title={say.job}
      facts={[
        [say.script, definition.script && <code>{definition.script}</code>],
        [say.command, command && <code>{command}</code>],
        [say.arguments, definition.arguments?.length ? <code>{definition.arguments.join(" ")}</code> : null],
        [say.environment, definition.environment?.name],
        [
          say.target,
          run.target && run.target !== "sdk" ? (
            <a class="link" href={address(["compute", "clusters", run.target])}>
              {run.target}
            </a>
          ) : (
            run.target
          ),
        ],
        [say.host, run.host],
        [say.user, run.submitted_by],
        [say.number, String(run.number)],
        [say.attempt, run.attempt > 1 ? String(run.attempt) : null],
        [say.created, <Moment key="created" at={run.created_at} />],
        [say.duration, run.started_at ? <Elapsed key="for" from={run.started_at} to={run.ended_at} /> : null],
        [say.exit, exitOf(run)],
        [say.type, run.type],
        [say.id, <code key="id">{run.run_id}</code>],
      ]}
    />
  );
}

function exitOf(run: Run): string | null {
  if (!run.exit) return null;
  const { kind, code, signal } = run.exit;
  return [said(kind), code !== null && `code ${code}`, signal !== null && `signal ${signal}`]
    .filter(Boolean)
    .join(", ");
}

const SOURCE = ["azureml.git.", "mlflow.source."];

function Code({ run }: { run: Run }) {
  const say = runWords();
  const { properties } = run;
  const commit = properties["azureml.git.commit"];
  const copied = properties["runwatch.copied_from"];
  return (
    <Facts
      title={say.git}
      facts={[
        [
          say.commit,
          commit && (
            <>
              <code>{commit.slice(0, 12)}</code>{" "}
              {properties["azureml.git.dirty"] === "True" && <span class="dim">{say.dirty}</span>}
            </>
          ),
        ],
        [say.branch, properties["azureml.git.branch"]],
        [say.repository, properties["azureml.git.repository_uri"]],
        [
          say.snapshot,
          properties.ContentSnapshotId && (
            <a class="link mono" href={address(placeOf(run, "snapshot"))}>
              {properties.ContentSnapshotId}
            </a>
          ),
        ],
        [
          say.copiedFrom,
          copied && (
            <a class="link mono" href={address(["runs", copied])}>
              {copied}
            </a>
          ),
        ],
      ]}
    />
  );
}

function Properties({ run }: { run: Run }) {
  const facts = Object.entries(run.properties)
    .filter(([name]) => !SOURCE.some((start) => name.startsWith(start)) && name !== "ContentSnapshotId")
    .map(([name, value]): Fact => [name, value]);
  return <Facts title={runWords().properties} facts={facts} />;
}
