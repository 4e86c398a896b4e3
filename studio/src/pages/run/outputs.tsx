/** Files and logs of a run: a tree of them on the left, the one that is chosen on the right. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ofRun, useCall } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { listen } from "../../api/live";
import { ENDED, type Run } from "../../api/run";
import { address, ask, parts, query } from "../../base/place";
import { Log } from "../../files/log/log";
import { Preview } from "../../files/preview/preview";
import { Shelf } from "../../files/shelf";
import { Tree } from "../../files/tree";
import { filesWords } from "../../files/words";
import { FailureNote } from "../../ui/failure";
import { Menu } from "../../ui/menu";
import "./outputs.css";
import type { TabProps } from "./run";

/** Folders in the order in which people look for things. */
const FIRST = ["azureml-logs", "logs", "user_logs", "outputs"];
const OPEN = ["azureml-logs", "logs", "user_logs", "outputs"];
/** Where a run's log is, the best first. */
const LOGS = ["azureml-logs/70_driver_log.txt", "user_logs/std_log.txt", "logs/user_log.txt"];

/** What runs of the original call their console. */
const OTHER_NAMES: Record<string, string> = { "user_logs/std_log.txt": LOGS[0]! };

/** The snapshot has a tab of its own. */
function ofSnapshot(name: string): boolean {
  return name === "snapshot" || name === "snapshot.json" || name === "git.diff";
}

/** Notices come up to four times a second; sizes need not be as new as that. */
const PACE_MS = 1_000;

export function OutputsTab({ run }: TabProps) {
  const [prefix, setPrefix] = useState("");
  const [folder, setFolder] = useState("");
  const shelf = useMemo(() => new Shelf(run.run_id, ofSnapshot, prefix), [run.run_id, prefix]);
  useRefresh(run, shelf);
  const asked = query.value.get("file");
  const top = shelf.list("");
  const first = useFirst(run, asked === null);
  const path = asked ?? (first === undefined ? null : (first ?? top?.files[0]?.path ?? null));
  const say = filesWords();
  if (top && !prefix && !top.folders.length && !top.files.length && !asked) return <Nothing />;
  return (
    <div class="outputs">
      <div class="outputs-side">
        <Filter text={prefix} onText={setPrefix} />
        {top && !top.folders.length && !top.files.length && <p class="dim outputs-none">{say.noneFound}</p>}
        {shelf.failure.value && <FailureNote failure={shelf.failure.value} />}
        <Tree
          key={prefix}
          folders={shelf}
          label={say.files}
          chosen={path}
          onChoose={(file) => ask({ file, line: null })}
          first={FIRST}
          open={OPEN}
          flat={prefix !== ""}
          onFolder={setFolder}
        />
        <div class="foot">
          <Downloads run={run} folder={folder} />
        </div>
      </div>
      {path === null ? <div class="outputs-view" /> : <Chosen key={path} run={run} path={path} />}
    </div>
  );
}

/** Read the folders anew when the run's files change, not more often than a reader would notice. */
function useRefresh(run: Run, shelf: Shelf): void {
  useEffect(() => {
    const concerns = ofRun(run.run_id, "files");
    let waiting = 0;
    const stop = listen((notices) => {
      if (waiting || !notices.some(concerns)) return;
      waiting = setTimeout(() => {
        waiting = 0;
        void shelf.refresh();
      }, PACE_MS) as unknown as number;
    });
    return () => {
      clearTimeout(waiting);
      stop();
    };
  }, [shelf, run.run_id]);
}

/** The file that is shown where none was asked for: the console, else another log, else an output; undefined until that is known. */
function useFirst(run: Run, wanted: boolean): string | null | undefined {
  const list = (prefix: string) =>
    useCall(
      "/artifacts:list",
      wanted ? { run_id: run.run_id, prefix, limit: 50 } : null,
      ofRun(run.run_id, "files"),
    ).value.data?.artifacts.map((each) => each.path);
  const found = [list("azureml-logs/"), list("user_logs/"), list("logs/"), list("outputs/")];
  if (found.some((each) => each === undefined)) return undefined;
  const all = found.flatMap((each) => each ?? []);
  return LOGS.find((each) => all.includes(each)) ?? all[0] ?? null;
}

function Filter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const say = filesWords();
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => onText(typed), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      class="field outputs-filter"
      type="search"
      value={typed}
      placeholder={say.filterHint}
      aria-label={say.filter}
      spellcheck={false}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

function Downloads({ run, folder }: { run: Run; folder: string }) {
  const say = filesWords();
  const zip = (prefix: string) => () => location.assign(apiAddress("/artifacts:zip", { run_id: run.run_id, prefix }));
  return (
    <Menu
      kind="quiet"
      label={say.download}
      items={[
        ...(folder ? [{ label: say.downloadFolder(folder), run: zip(`${folder}/`) }] : []),
        { label: say.downloadAll, run: zip("") },
      ]}
    />
  );
}

/** A file by its path. It is looked up in the list, where none is no error. */
function useFile(run: Run, path: string | null) {
  const asked = path === null ? null : { run_id: run.run_id, prefix: path, limit: 1 };
  const { data, failure } = useCall("/artifacts:list", asked, ofRun(run.run_id, "files")).value;
  const file = data?.artifacts.find((each) => each.path === path);
  return { file, failure, missing: data !== undefined && !file };
}

function Chosen({ run, path }: { run: Run; path: string }) {
  const say = filesWords();
  const own = useFile(run, path);
  const other = useFile(run, own.missing ? (OTHER_NAMES[path] ?? null) : null);
  const found = own.missing && OTHER_NAMES[path] ? other : own;
  const log = (file: string) => (
    <Log
      run={run.run_id}
      path={file}
      growing={!ENDED.has(run.status)}
      line={query.value.get("line")}
      onLine={(line) => ask({ file, line }, "replace")}
      linkTo={(line) => address(parts.value, { file, line })}
    />
  );
  return (
    <div class="outputs-view">
      {found.file ? (
        <Preview run={run.run_id} file={found.file} log={log} />
      ) : found.missing ? (
        <div class="empty">
          <h2>{say.missing(path)}</h2>
          <p>{say.missingText}</p>
        </div>
      ) : (
        found.failure && <FailureNote failure={found.failure} />
      )}
    </div>
  );
}

function Nothing() {
  const say = filesWords();
  return (
    <div class="empty">
      <h2>{say.none}</h2>
      <p>{say.noneText}</p>
      <pre>{'run.upload_file("outputs/model.pkl", "model.pkl")'}</pre>
    </div>
  );
}
