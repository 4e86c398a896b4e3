/** Files and logs of a run: a tree of them, and a viewer. */
import { ENDED } from "../../api/run";
import { address, ask, parts, query } from "../../base/place";
import { Log } from "../../files/log/log";
import type { TabProps } from "./run";

export function OutputsTab({ run }: TabProps) {
  const file = query.value.get("file") ?? "azureml-logs/70_driver_log.txt";
  return (
    <Log
      run={run.run_id}
      path={file}
      growing={!ENDED.has(run.status)}
      line={query.value.get("line")}
      onLine={(line) => ask({ line, file }, "replace")}
      linkTo={(line) => address(parts.value, { file, line })}
    />
  );
}
