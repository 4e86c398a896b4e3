/** What can be done to a run. */
import { useMemo, useState } from "preact/hooks";
import { useCall } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { archive, cancel, remove } from "../../api/deed";
import { ENDED, nameOf, placeOf, type Run } from "../../api/run";
import { copy } from "../../base/clipboard";
import { type Command, useCommands } from "../../base/command";
import { useKeys } from "../../base/keys";
import { mayWrite } from "../../base/may";
import { address, go } from "../../base/place";
import { Confirm } from "../../ui/confirm";
import { Menu } from "../../ui/menu";
import { attempt, say as tell } from "../../ui/toast";
import { Again } from "./again";
import { beside } from "./beside";
import { runWords } from "./words";

export function Actions({ run, tab }: { run: Run; tab: string }) {
  const say = runWords();
  const [asks, ask] = useState<Asks | null>(null);
  const { first, more } = useMemo(() => deedsOf(run, say, ask), [run, say]);
  useCommands(useMemo(() => [...first, ...more], [first, more]));
  return (
    <>
      <Siblings run={run} tab={tab} />
      {first.map((deed) => (
        <button
          key={deed.id}
          type="button"
          class={`button ${deed.kind ?? ""}`}
          disabled={deed.disabled}
          onClick={deed.run}
        >
          {deed.label}
        </button>
      ))}
      <Menu label="⋯" title={say.more} items={more} />
      {asks === "rerun" && <Again run={run} onClose={() => ask(null)} />}
      {asks === "cancel" && (
        <Confirm
          title={say.cancelTitle}
          does={say.cancelDo}
          keep={say.cancelNot}
          onClose={() => ask(null)}
          onYes={async () => {
            if (await attempt(() => cancel(run.run_id))) tell(say.canceling);
          }}
        >
          <Which run={run} />
          <p>{say.cancelText}</p>
        </Confirm>
      )}
      {asks === "remove" && (
        <Confirm
          title={say.removeTitle}
          does={say.remove.replace("…", "")}
          onClose={() => ask(null)}
          onYes={async () => {
            if (!(await attempt(() => remove([run.run_id])))) return;
            tell(say.removed);
            go(address(["experiments", run.experiment]));
          }}
        >
          <Which run={run} />
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}

function Which({ run }: { run: Run }) {
  return (
    <p>
      <b>{nameOf(run)}</b> <span class="dim mono">{run.run_id}</span>
    </p>
  );
}

/** What is asked about before it is done. */
type Asks = "cancel" | "rerun" | "remove";
type Deed = Command & { kind?: string; disabled?: boolean; danger?: boolean };

/** What can be done: first what has a button, then what the menu has. */
function deedsOf(run: Run, say: ReturnType<typeof runWords>, ask: (what: Asks) => void) {
  const copied = (text: string) => () => void attempt(() => copy(text).then(() => tell(say.copied)));
  const canceling = run.status === "CancelRequested";
  const first: Deed[] = [];
  if (mayWrite && !ENDED.has(run.status))
    first.push({
      id: "cancel",
      label: say.cancel,
      disabled: canceling,
      run: () => canceling || ask("cancel"),
    });
  if (mayWrite && run.type === "azureml.scriptrun")
    first.push({ id: "rerun", label: say.rerun, kind: "primary", run: () => ask("rerun") });
  const more: Deed[] = [
    { id: "copy", label: say.copyId, run: copied(run.run_id) },
    { id: "code", label: say.copyCode, run: copied(codeOf(run)) },
    { id: "compare", label: say.compare, run: () => go(address(["compare"], { runs: run.run_id })) },
    {
      id: "download",
      label: say.downloadAll,
      run: () => location.assign(apiAddress("/artifacts:zip", { run_id: run.run_id })),
    },
  ];
  if (mayWrite)
    more.push(
      {
        id: "archive",
        label: run.hidden ? say.bringBack : say.archive,
        run: () => void attempt(() => archive(run.run_id, !run.hidden)),
      },
      { id: "remove", label: say.remove, danger: true, run: () => ask("remove") },
    );
  return { first, more };
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
