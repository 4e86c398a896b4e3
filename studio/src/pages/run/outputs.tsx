/** Files and logs of a run. */
import { ofRun, useCall } from "../../api/cache";
import type { Run } from "../../api/run";
import { query } from "../../base/place";
import { Browser } from "../../files/browser";
import { filesWords } from "../../files/words";
import { LOG_FOLDERS, LOGS } from "./log-place";
import { Queued } from "./queued";
import type { TabProps } from "./tab";

/** Folders in the order in which people look for things. */
const FOLDERS = ["azureml-logs", "logs", "user_logs", "outputs"];

/** What runs of the original call their console. */
const OTHER_NAMES: Record<string, string> = { "user_logs/std_log.txt": LOGS[0]! };

/** The snapshot has a tab of its own. */
function ofSnapshot(name: string): boolean {
  return name === "snapshot" || name === "snapshot.json" || name === "git.diff";
}

export function OutputsTab({ run }: TabProps) {
  const first = useFirst(run, query.value.get("file") === null);
  return (
    <Browser
      run={run}
      first={first}
      none={run.status === "Queued" ? <Queued run={run} /> : <Nothing />}
      folders={FOLDERS}
      hides={ofSnapshot}
      otherNames={OTHER_NAMES}
    />
  );
}

/** The file that is shown where none was asked for: the console, else another log, else an output; undefined until that is known. */
function useFirst(run: Run, wanted: boolean): string | null | undefined {
  const list = (prefix: string) =>
    useCall(
      "/artifacts:list",
      wanted ? { run_id: run.run_id, prefix, limit: 50 } : null,
      ofRun(run.run_id, "files"),
    ).value.data?.artifacts.map((each) => each.path);
  const found = [...LOG_FOLDERS, "outputs/"].map(list);
  if (found.some((each) => each === undefined)) return undefined;
  const all = found.flatMap((each) => each ?? []);
  return LOGS.find((each) => all.includes(each)) ?? all[0] ?? null;
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
