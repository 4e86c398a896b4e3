/** The code that a run was started with: its files, the commit, and what differs from another run's. */
import { useMemo, useState } from "preact/hooks";
import { useAnswer, useCall } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { nameOf, type Run } from "../../api/run";
import { ask, query } from "../../base/place";
import { Log } from "../../files/log/log";
import { Preview } from "../../files/preview/preview";
import { Changes } from "../../files/snapshot/changes";
import { Patch } from "../../files/snapshot/diff-view";
import { type Manifest, ManifestFolders, readManifest, sizeOf } from "../../files/snapshot/manifest";
import { snapshotWords } from "../../files/snapshot/words";
import { Tree } from "../../files/tree";
import { Dialog } from "../../ui/dialog";
import { FailureNote } from "../../ui/failure";
import { Moment } from "../../ui/moment";
import "./outputs.css";
import type { TabProps } from "./run";

const PATCH = "git.diff";

export function SnapshotTab({ run }: TabProps) {
  const id = run.run_id;
  const there = "ContentSnapshotId" in run.properties;
  const found = useAnswer(there ? `snapshot ${id}` : null, () => readManifest(id)).value;
  const patch = useCall("/artifacts:list", { run_id: id, prefix: PATCH, limit: 5 }).value.data?.artifacts;
  const patched = patch?.find((each) => each.path === PATCH);
  const [showsPatch, showPatch] = useState(false);
  const [asking, setAsking] = useState(false);
  const other = query.value.get("diff");
  const before = useCall("/runs:get", other ? { run_id: other } : null).value.data;
  const beforeName = before ? nameOf(before) : (other ?? "");
  if (!there || found.failure?.status === 404) return <Nothing />;
  if (found.failure) return <FailureNote failure={found.failure} />;
  return (
    <>
      <Facts
        run={run}
        manifest={found.data}
        compared={other ? beforeName : null}
        onCompare={() => setAsking(true)}
        patch={patched ? { shown: showsPatch, show: showPatch } : null}
      />
      {showsPatch && patched ? (
        <Patch run={id} file={patched} />
      ) : other ? (
        <Changes key={other} before={other} beforeName={beforeName} after={id} />
      ) : (
        found.data && <Files run={run} manifest={found.data} />
      )}
      {asking && <Choice run={run} onClose={() => setAsking(false)} />}
    </>
  );
}

interface FactsProps {
  run: Run;
  manifest: Manifest | undefined;
  compared: string | null;
  onCompare: () => void;
  patch: { shown: boolean; show: (on: boolean) => void } | null;
}

/** One line: where the code came from, how much it is, and what can be done with it. */
function Facts({ run, manifest, compared, onCompare, patch }: FactsProps) {
  const say = snapshotWords();
  const git = (name: string) => run.properties[`azureml.git.${name}`];
  const facts = [
    [say.commit, git("commit")?.slice(0, 12)],
    [say.branch, git("branch")],
    [say.repository, git("repository_uri")],
  ].filter(([, text]) => text);
  return (
    <div class="bar snapshot-bar">
      {compared !== null ? (
        <>
          <strong class="cut">{say.since(compared)}</strong>
          <button type="button" class="button quiet" onClick={() => ask({ diff: null })}>
            {say.stop}
          </button>
        </>
      ) : (
        manifest && <span class="dim">{say.holds(manifest.files.length, sizeOf(manifest))}</span>
      )}
      {facts.map(([name, text]) => (
        <span key={name} class="cut dim" title={`${name}: ${text}`}>
          {name} <span class="mono strong">{text}</span>
        </span>
      ))}
      {git("dirty") === "True" && <span class="status-stop small">{say.dirty}</span>}
      {patch && (
        <button type="button" class="button quiet" aria-pressed={patch.shown} onClick={() => patch.show(!patch.shown)}>
          {patch.shown ? say.hideDiff : say.showDiff}
        </button>
      )}
      <span class="grow" />
      <button type="button" class="button" onClick={onCompare}>
        {say.compare}
      </button>
      <a
        class="button"
        href={apiAddress("/artifacts:zip", { run_id: run.run_id, prefix: "snapshot/" })}
        download={`${run.properties.ContentSnapshotId}.zip`}
      >
        {say.download}
      </a>
    </div>
  );
}

function Files({ run, manifest }: { run: Run; manifest: Manifest }) {
  const say = snapshotWords();
  const folders = useMemo(() => new ManifestFolders(manifest), [manifest]);
  const [first] = useState(() => manifest.files.find((each) => !each.path.includes("/"))?.path ?? null);
  const path = query.value.get("file") ?? first;
  const link = manifest.links.find((each) => each.path === path);
  return (
    <div class="outputs">
      <div class="outputs-side">
        <Tree folders={folders} label={say.files} chosen={path} onChoose={(file) => ask({ file })} />
      </div>
      <div class="outputs-view">
        {path === null && <p class="empty">{say.choose}</p>}
        {link && <p class="empty">{say.link(link.target)}</p>}
        {path !== null && !link && <One key={path} run={run} path={`snapshot/${path}`} />}
      </div>
    </div>
  );
}

function One({ run, path }: { run: Run; path: string }) {
  const found = useCall("/artifacts:get", { run_id: run.run_id, path }).value;
  if (found.failure) return <FailureNote failure={found.failure} />;
  if (!found.data) return null;
  const log = (file: string) => (
    <Log
      run={run.run_id}
      path={file}
      growing={false}
      line={null}
      onLine={() => {}}
      linkTo={() => location.pathname + location.search}
    />
  );
  return <Preview run={run.run_id} file={found.data} log={log} />;
}

/** Which run to compare with. */
function Choice({ run, onClose }: { run: Run; onClose: () => void }) {
  const say = snapshotWords();
  const [id, setId] = useState("");
  const recent = useCall("/runs:list", { experiment_id: run.experiment_id, limit: 50 }).value.data?.runs ?? [];
  const others = recent.filter((each) => each.run_id !== run.run_id && "ContentSnapshotId" in each.properties);
  const choose = (diff: string) => {
    onClose();
    ask({ diff, file: null });
  };
  return (
    <Dialog title={say.compareTitle} onClose={onClose}>
      <form
        class="choice"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim()) choose(id.trim());
        }}
      >
        <input
          class="field grow"
          value={id}
          aria-label={say.compareId}
          placeholder={say.compareId}
          spellcheck={false}
          onInput={(event) => setId(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!id.trim()}>
          {say.compareGo}
        </button>
      </form>
      <h3>{others.length ? say.recent : say.noneRecent}</h3>
      <div class="choice-runs">
        {others.map((each) => (
          <button key={each.run_id} type="button" class="changes-row" onClick={() => choose(each.run_id)}>
            <span class="cut grow">{nameOf(each)}</span>
            <span class="dim">
              <Moment at={each.started_at ?? each.created_at} />
            </span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}

function Nothing() {
  const say = snapshotWords();
  return (
    <div class="empty">
      <h2>{say.none}</h2>
      <p>{say.noneText}</p>
      <pre>{'experiment.start_logging(snapshot_directory=".")\nrun.take_snapshot(".")'}</pre>
    </div>
  );
}
