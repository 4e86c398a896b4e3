/** One line on the run: its status, name and place, for how long, where it is open in full, and a way to cancel it. */
import { useSignal } from "@preact/signals";
import { ENDED, nameOf, type Run } from "../api/run";
import { duration, instant } from "../base/number";
import { failureText } from "../ui/failure";
import { Status } from "../ui/status";
import { useNow } from "./clock";
import { safeLink } from "./link";
import { useRoom } from "./room";
import { widgetWords } from "./words";

/** So much of an id tells runs apart for an eye; the whole one stands in the title and in the details. */
const SHORT = 8;

export function Header({ run }: { run: Run }) {
  const { channel } = useRoom();
  const { links, experiment } = channel.state;
  const say = widgetWords();
  const name = nameOf(run);
  const toRun = safeLink(links.value?.run);
  const toExperiment = safeLink(links.value?.experiment);
  const called = experiment.value ?? run.experiment;
  return (
    <header class="head">
      <Status status={run.status} />
      <h2 class="name cut" title={name}>
        {name}
      </h2>
      <span class="facts-line dim">
        {name !== run.run_id && <code title={run.run_id}>{run.run_id.slice(0, SHORT)}</code>}
        <span class="cut" title={called}>
          {toExperiment ? (
            <a href={toExperiment} target="_blank" rel="noopener noreferrer">
              {called}
            </a>
          ) : (
            called
          )}
        </span>
        <Lasts run={run} />
        {run.target && run.target !== "sdk" && <span class="cut">{say.onTarget(run.target)}</span>}
      </span>
      <span class="grow" />
      {!ENDED.has(run.status) && <Cancel run={run} />}
      {toRun && (
        <a class="button" href={toRun} target="_blank" rel="noopener noreferrer">
          {say.open}
        </a>
      )}
    </header>
  );
}

/** For how long it has run, by the kernel's clock. */
export function Lasts({ run }: { run: Run }) {
  const { channel, clock } = useRoom();
  const counts = Boolean(run.started_at && !run.ended_at && !channel.state.finished.value);
  const now = useNow(clock, channel, counts);
  const end = run.ended_at ?? now;
  if (!run.started_at || end === null) return null;
  return <span title={instant(run.started_at)}>{duration(end - run.started_at)}</span>;
}

/** Asked once, where it stands. */
function Cancel({ run }: { run: Run }) {
  const { source } = useRoom();
  const asking = useSignal(false);
  const sent = useSignal(false);
  const wrong = useSignal("");
  const say = widgetWords();
  const cancel = async () => {
    asking.value = false;
    sent.value = true;
    try {
      await source.ask("/runs:cancel", { run_id: run.run_id });
    } catch (failure) {
      wrong.value = failureText(failure as never);
      sent.value = false;
    }
  };
  if (!asking.value)
    return (
      <>
        {wrong.value && (
          <span class="bad small" role="alert">
            {wrong.value}
          </span>
        )}
        <button
          type="button"
          class="button"
          disabled={sent.value || run.status === "CancelRequested"}
          onClick={() => (asking.value = true)}
        >
          {say.cancel}
        </button>
      </>
    );
  return (
    <span class="asking">
      <span role="status">{say.cancelAsk}</span>
      <button type="button" class="button danger" onClick={cancel} ref={(button) => button?.focus()}>
        {say.yes}
      </button>
      <button type="button" class="button" onClick={() => (asking.value = false)}>
        {say.no}
      </button>
    </span>
  );
}
