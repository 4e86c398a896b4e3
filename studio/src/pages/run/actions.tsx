/** What can be done to a run. */
import { useMemo, useState } from "preact/hooks";
import { useCall } from "../../api/cache";
import { apiAddress, call } from "../../api/call";
import { archive, cancel, remove } from "../../api/deed";
import { ENDED, nameOf, placeOf, type Run } from "../../api/run";
import { copy } from "../../base/clipboard";
import { useKeys } from "../../base/keys";
import { mayWrite } from "../../base/may";
import { address, go } from "../../base/place";
import { Confirm } from "../../ui/confirm";
import { Menu } from "../../ui/menu";
import { attempt, say as tell } from "../../ui/toast";
import { beside } from "./beside";
import { runWords } from "./words";

export function Actions({ run, tab }: { run: Run; tab: string }) {
  const say = runWords();
  const [removing, setRemoving] = useState(false);
  const ended = ENDED.has(run.status);
  const rerun = async () => {
    const made = await attempt(() => call("/runs:rerun", { run_id: run.run_id }));
    if (!made) return;
    tell(say.rerunDone(nameOf(made)));
    go(address(placeOf(made)));
  };
  return (
    <>
      <Siblings run={run} tab={tab} />
      {mayWrite && !ended && (
        <button
          type="button"
          class="button"
          disabled={run.status === "CancelRequested"}
          onClick={async () => (await attempt(() => cancel(run.run_id))) && tell(say.canceling)}
        >
          {say.cancel}
        </button>
      )}
      {mayWrite && run.type === "azureml.scriptrun" && (
        <button type="button" class="button primary" onClick={rerun}>
          {say.rerun}
        </button>
      )}
      <Menu
        label="⋯"
        title={say.more}
        items={[
          { label: say.copyId, run: () => void attempt(() => copy(run.run_id).then(() => tell(say.copied))) },
          { label: say.copyCode, run: () => void attempt(() => copy(codeOf(run)).then(() => tell(say.copied))) },
          {
            label: say.downloadAll,
            run: () => location.assign(apiAddress("/artifacts:zip", { run_id: run.run_id })),
          },
          mayWrite && {
            label: run.hidden ? say.bringBack : say.archive,
            run: () => void attempt(() => archive(run.run_id, !run.hidden)),
          },
          mayWrite && { label: say.remove, danger: true, run: () => setRemoving(true) },
        ]}
      />
      {removing && (
        <Confirm
          title={say.removeTitle}
          does={say.remove.replace("…", "")}
          onClose={() => setRemoving(false)}
          onYes={async () => {
            if (!(await attempt(() => remove([run.run_id])))) return;
            tell(say.removed);
            go(address(["experiments", run.experiment]));
          }}
        >
          <p>
            <b>{nameOf(run)}</b> <span class="dim mono">{run.run_id}</span>
          </p>
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}

/** What opens the run in Python. */
export function codeOf(run: Run): string {
  return [
    "from runwatch import Run, Workspace",
    "",
    "ws = Workspace.from_config()",
    `run = Run.get(ws, ${JSON.stringify(run.run_id)})`,
  ].join("\n");
}

/** The runs before and after it, and the one above it. */
function Siblings({ run, tab }: { run: Run; tab: string }) {
  const say = runWords();
  const before = useCall("/runs:list", beside(run, "<")).value.data?.runs[0];
  const after = useCall("/runs:list", beside(run, ">")).value.data?.runs[0];
  const keys = useMemo(
    () => [
      { keys: "[", does: say.previous, run: () => before && go(address(placeOf(before, tab))) },
      { keys: "]", does: say.next, run: () => after && go(address(placeOf(after, tab))) },
    ],
    [before, after, tab, say],
  );
  useKeys(say.run, keys);
  const link = (to: string | null, sign: string, title: string) =>
    to ? (
      <a class="button quiet" href={to} title={title} aria-label={title}>
        {sign}
      </a>
    ) : (
      <button type="button" class="button quiet" disabled aria-label={title}>
        {sign}
      </button>
    );
  return (
    <span class="siblings">
      {run.parent_run_id && link(address(["experiments", run.experiment, "runs", run.parent_run_id]), "↑", say.up)}
      {link(before ? address(placeOf(before, tab)) : null, "‹", say.previous)}
      {link(after ? address(placeOf(after, tab)) : null, "›", say.next)}
    </span>
  );
}
