import { expect, test } from "vitest";
import { whereItFailed } from "../../src/pages/run/log-place";

type Ask = Record<string, unknown> & { path: string; prefix: string; pattern: string };

/** A server with these logs. */
function server(logs: Record<string, string[]>) {
  const answer = (name: string, ask: Ask) => {
    const lines = logs[ask.path] ?? [];
    if (name === "/artifacts:list")
      return { artifacts: Object.keys(logs).flatMap((path) => (path.startsWith(ask.prefix) ? [{ path }] : [])) };
    if (name === "/logs:read") return { state: { lines: lines.length } };
    const plain = (text: string) => (ask.ignore_case ? text.toLowerCase() : text);
    return {
      matches: lines.flatMap((text, line) =>
        line >= (ask.first as number) && plain(text).includes(ask.pattern) ? [{ line }] : [],
      ),
    };
  };
  return (async (name: string, ask: Ask) => answer(name, ask)) as unknown as Parameters<typeof whereItFailed>[2];
}

const DRIVER = "azureml-logs/70_driver_log.txt";
const HEAD = "Traceback (most recent call last):";
const epochs = Array.from({ length: 300 }, (_, epoch) => `epoch ${epoch}`);
const trace = [HEAD, '  File "train.py", line 12, in <module>', "ValueError: loss is NaN"];

test("the place is the last traceback, from its head to what was raised", async () => {
  const log = [...trace, ...epochs, ...trace, "bye"];
  const found = await whereItFailed("r", "ValueError: loss is NaN", server({ [DRIVER]: log, "outputs/x.txt": trace }));
  expect(found).toEqual({ path: DRIVER, line: "304-306" });
});

test("a message that the log does not have leads to the last traceback, else to the last error, else to the end", async () => {
  const where = (log: string[]) => whereItFailed("r", "The script ended with exit code 1.", server({ [DRIVER]: log }));
  expect((await where([...epochs, ...trace]))?.line).toBe("301");
  expect((await where([...epochs, "fatal ERROR: no such file", "bye"]))?.line).toBe("301");
  expect((await where(epochs))?.line).toBe("300");
  expect((await where([]))?.line).toBeNull();
});

test("the log of the process that failed is found among others; a run without logs has no place", async () => {
  const logs = { [DRIVER]: epochs, "user_logs/std_log_process_01.txt": trace };
  expect((await whereItFailed("r", "loss is NaN", server(logs)))?.path).toBe("user_logs/std_log_process_01.txt");
  expect(await whereItFailed("r", "", server({}))).toBeNull();
});
