/** The source folder that a run was started from: its files, what was not committed, and how it differs from another run's. */
import { useMemo } from "preact/hooks";
import { ofRun, useCall } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { nameOf, type Run } from "../../api/run";
import { address, ask, parts, query } from "../../base/place";
import { Changes } from "../../files/code/changes";
import { EntryView } from "../../files/code/entry-view";
import { foldersOf, type Manifest, snapshotId, useManifest } from "../../files/code/manifest";
import { PatchView } from "../../files/code/patch-view";
import "../../files/code/source.css";
import { codeWords } from "../../files/code/words";
import { Tree } from "../../files/tree";
import { FailureNote } from "../../ui/failure";
import { DiffMenu } from "./diff-menu";
import type { TabProps } from "./tab";

const EXAMPLE = `run = experiment.start_logging(snapshot_directory=".")
run.take_snapshot(".")  # or later, once`;
const PATCH = "git.diff";

export function SnapshotTab({ run }: TabProps) {
  const say = codeWords();
  const manifest = useManifest(run);
  const other = query.value.get("diff");
  if (!snapshotId(run))
    return (
      <div class="empty">
        <h2>{say.none}</h2>
        <p>{say.noneText}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <pre tabIndex={0}>{EXAMPLE}</pre>
      </div>
    );
  return (
    <>
      <div class="bar source-bar">
        <Facts run={run} manifest={manifest.data} />
        <DiffMenu run={run} other={other} />
        <a class="button" href={apiAddress("/artifacts:zip", { run_id: run.run_id, prefix: "snapshot/" })} download>
          {say.download}
        </a>
      </div>
      {manifest.failure && <FailureNote failure={manifest.failure} />}
      {other ? <Difference run={run} other={other} /> : manifest.data && <Files run={run} manifest={manifest.data} />}
    </>
  );
}

function Facts({ run, manifest }: { run: Run; manifest: Manifest | undefined }) {
  const say = codeWords();
  const git = (name: string) => run.properties[`azureml.git.${name}`];
  const bytes = manifest?.entries.reduce((sum, entry) => sum + entry.size_bytes, 0) ?? 0;
  const commit = git("commit");
  const facts: [string, preact.ComponentChildren][] = [
    [
      say.commit,
      commit && (
        <>
          <code title={commit}>{commit.slice(0, 12)}</code> {git("dirty") === "True" && say.dirty}
        </>
      ),
    ],
    [say.branch, git("branch")],
    [say.repository, git("repository_uri")],
    [say.id, <code key="id">{snapshotId(run)}</code>],
  ];
  return (
    <dl class="source-facts" aria-label={say.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      {manifest && (
        <div>
          <dt class="unseen">{say.tree}</dt>
          <dd>{say.files(manifest.entries.length, bytes)}</dd>
        </div>
      )}
    </dl>
  );
}

function Files({ run, manifest }: { run: Run; manifest: Manifest }) {
  const say = codeWords();
  const folders = useMemo(() => foldersOf(manifest), [manifest]);
  const { run_id } = run;
  const beside = useCall("/artifacts:list", { run_id, prefix: PATCH, limit: 1 }, ofRun(run_id, "files")).value.data;
  const patch = beside?.artifacts.find((each) => each.path === PATCH);
  const isPatch = query.value.has("patch") && patch !== undefined;
  const asked = query.value.get("file");
  const path = isPatch ? null : (asked ?? firstOf(run, manifest));
  const entry = manifest.entries.find((each) => each.path === path);
  return (
    <div class="source">
      <div class="source-side">
        {patch && (
          <a
            class="source-entry"
            href={address(parts.value, { patch: "1" })}
            aria-current={isPatch ? "page" : undefined}
            title={PATCH}
          >
            <span class="source-sign changed" aria-hidden="true">
              ±
            </span>
            {say.uncommitted}
          </a>
        )}
        <Tree
          folders={folders}
          label={say.tree}
          chosen={path}
          onChoose={(file) => ask({ file, line: null, patch: null })}
        />
      </div>
      <div class="source-view">
        {isPatch && <PatchView run={run_id} file={patch} />}
        {!isPatch && entry && <EntryView key={entry.path} run={run_id} entry={entry} />}
        {!isPatch && !entry && <p class="empty">{path === null ? say.choose : say.missing(path)}</p>}
      </div>
    </div>
  );
}

/** What people look for first: the script that was started, else one at the top. */
function firstOf(run: Run, { entries }: Manifest): string | null {
  for (const name of [run.definition.script, "train.py", "main.py"])
    if (entries.some((entry) => entry.path === name)) return name as string;
  return entries.find((entry) => /^[^./][^/]*\.py$/.test(entry.path))?.path ?? null;
}

function Difference({ run, other }: { run: Run; other: string }) {
  const say = codeWords();
  const found = useCall("/runs:list", { run_ids: [other], limit: 1, hidden: true }).value;
  if (found.failure) return <FailureNote failure={found.failure} />;
  if (!found.data) return null;
  const before = found.data.runs[0];
  if (!before) return <p class="empty">{say.noSuchRun(other)}</p>;
  return (
    <>
      <p class="source-file">
        <span class="strong cut">{say.comparedWith(nameOf(before))}</span>
      </p>
      <Changes old={before} now={run} />
    </>
  );
}
