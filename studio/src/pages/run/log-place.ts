/** Which logs a run has, and where the log of one that failed says why. */
import { type AnswerOf, type AskOf, call, type Operation } from "../../api/call";

/** Folders in which logs are. */
export const LOG_FOLDERS = ["azureml-logs/", "user_logs/", "logs/"];
/** Where a run's log is, the best first. */
export const LOGS = ["azureml-logs/70_driver_log.txt", "user_logs/std_log.txt", "logs/user_log.txt"];

export interface LogPlace {
  path: string;
  /** As in an address: `251-259`; null where the log has no lines. */
  line: string | null;
}

type Call = <Name extends Operation>(name: Name, ask: AskOf<Name>) => Promise<AnswerOf<Name>>;

/** What failed stands near the end: so many lines of it are looked through. */
const NEAR = 5_000;
/** A job of many processes has a log for each. */
const LOOKED = 8;
/** The most lines from the head of a traceback to what was raised. */
const FRAMES = 500;
const HEAD = "Traceback (most recent call last)";

/** The logs of a run by their paths, the best first. */
export async function logsOf(run_id: string, ask: Call = call): Promise<string[]> {
  const pages = await Promise.all(LOG_FOLDERS.map((prefix) => ask("/artifacts:list", { run_id, prefix, limit: 50 })));
  const all = pages.flatMap((page) => page.artifacts.map((each) => each.path));
  return [...LOGS.filter((each) => all.includes(each)), ...all.filter((each) => !LOGS.includes(each))];
}

/** Where the run failed: its traceback, or the last line that says what it failed of or speaks of an error, else the last line. */
export async function whereItFailed(run_id: string, message: string, ask: Call = call): Promise<LogPlace | null> {
  const paths = await logsOf(run_id, ask);
  const said = message.trimEnd().split("\n").pop()!.trim().slice(0, 200);
  let end: LogPlace | null = null;
  for (const path of paths.slice(0, LOOKED)) {
    const { lines } = (await ask("/logs:read", { run_id, path, count: 0 })).state;
    const all = async (pattern: string, ignore_case = false) => {
      const first = Math.max(0, lines - NEAR);
      const { matches } = await ask("/logs:search", { run_id, path, pattern, ignore_case, first, limit: NEAR });
      return matches.map((each) => each.line);
    };
    const [raised, heads] = await Promise.all([said ? all(said) : [], all(HEAD)]);
    const last = raised.pop() ?? heads.at(-1) ?? (await all("error", true)).pop();
    end ??= { path, line: lines ? String(lines) : null };
    if (last === undefined) continue;
    const head = heads.findLast((each) => each <= last && each > last - FRAMES) ?? last;
    return { path, line: head < last ? `${head + 1}-${last + 1}` : String(last + 1) };
  }
  return end;
}
