/** Files of a run: a tree of them on the left, the one that is chosen on the right. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ofRun, useCall } from "../api/cache";
import { apiAddress } from "../api/call";
import { listen } from "../api/live";
import { ENDED, type Run } from "../api/run";
import { address, ask, parts, query } from "../base/place";
import { FailureNote } from "../ui/failure";
import { Menu } from "../ui/menu";
import { SearchField } from "../ui/search-field";
import "./browser.css";
import { Log } from "./log/log";
import { Preview } from "./preview/preview";
import { Shelf } from "./shelf";
import { Tree } from "./tree";
import { filesWords } from "./words";

interface Props {
  run: Run;
  /** The file that is shown where the address names none; null is the first of the top, undefined is not known yet. */
  first: string | null | undefined;
  /** What stands where there are no files at all. */
  none: ComponentChildren;
  /** Folders of the top in the order in which people look for things; they are open at first. */
  folders?: readonly string[];
  /** Says which files and folders of the top are not shown. Of one identity. */
  hides?: (name: string) => boolean;
  /** Another path to look at where a path is missing. */
  otherNames?: Record<string, string>;
}

const NO_FOLDERS: readonly string[] = [];
const NO_NAMES: Record<string, string> = {};

/** Notices come up to four times a second; sizes need not be as new as that. */
const PACE_MS = 1_000;

export function Browser({ run, first, none, folders = NO_FOLDERS, hides, otherNames = NO_NAMES }: Props) {
  const [prefix, setPrefix] = useState("");
  const [folder, setFolder] = useState("");
  const shelf = useMemo(() => new Shelf(run.run_id, hides, prefix), [run.run_id, hides, prefix]);
  useRefresh(run, shelf);
  const asked = query.value.get("file");
  const top = shelf.list("");
  const path = asked ?? (first === undefined ? null : (first ?? top?.files[0]?.path ?? null));
  const say = filesWords();
  if (top && !prefix && !top.folders.length && !top.files.length && !asked) return <>{none}</>;
  return (
    <div class="outputs">
      <div class="outputs-side">
        <SearchField class="outputs-filter" text={prefix} onText={setPrefix} label={say.filter} hint={say.filterHint} />
        {top && !top.folders.length && !top.files.length && <p class="dim outputs-none">{say.noneFound}</p>}
        {shelf.failure.value && <FailureNote failure={shelf.failure.value} />}
        <Tree
          key={prefix}
          folders={shelf}
          label={say.files}
          chosen={path}
          onChoose={(file) => ask({ file, line: null })}
          first={folders}
          open={folders}
          flat={prefix !== ""}
          onFolder={setFolder}
        />
        <div class="foot">
          <Downloads run={run} folder={folder} />
        </div>
      </div>
      {path === null ? (
        <div class="outputs-view" />
      ) : (
        <Chosen key={path} run={run} path={path} otherName={otherNames[path] ?? null} />
      )}
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

function Downloads({ run, folder }: { run: Run; folder: string }) {
  const say = filesWords();
  const zip = (prefix: string) => () => location.assign(apiAddress("/artifacts:zip", { run_id: run.run_id, prefix }));
  return (
    <Menu
      kind="quiet"
      label={say.downloads}
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

function Chosen({ run, path, otherName }: { run: Run; path: string; otherName: string | null }) {
  const say = filesWords();
  const own = useFile(run, path);
  const other = useFile(run, own.missing ? otherName : null);
  const found = own.missing && otherName ? other : own;
  const log = (file: string) => {
    // Written once for all lines: each has a link.
    const here = address(parts.value, { ...Object.fromEntries(query.value), file, line: null });
    return (
      <Log
        run={run.run_id}
        path={file}
        growing={!ENDED.has(run.status)}
        line={query.value.get("line")}
        onLine={(line) => ask({ file, line }, "replace")}
        linkTo={(line) => `${here}&line=${line}`}
      />
    );
  };
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
