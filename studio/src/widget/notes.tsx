/** What stands below the header: where the run waits, how far it is, why it failed, and how the kernel is. */
import { useEffect, useState } from "preact/hooks";
import type { Run } from "../api/run";
import { duration, number } from "../base/number";
import { useRoom } from "./room";
import type { Progress } from "./wire";
import { widgetWords } from "./words";

/** A kernel that is there has pushed by then. */
const FIRST_MS = 1_500;

export function Notes() {
  const { channel } = useRoom();
  const { run, queue, progress, error } = channel.state;
  const say = widgetWords();
  const waits = queue.value;
  const failed = run.value && (run.value.status === "Failed" || run.value.status === "NotResponding");
  return (
    <>
      {waits && (
        <p class="note-line" role="status">
          <strong>{say.position(waits.position)}</strong> <span class="dim">{waits.why}</span>
        </p>
      )}
      {progress.value && !run.value?.ended_at && <Bar progress={progress.value} />}
      {failed && <Why run={run.value!} />}
      {error.value && (
        <div class="failure" role="alert">
          {error.value.message}
          {error.value.hint && <div class="dim">{error.value.hint}</div>}
        </div>
      )}
      <Kernel />
    </>
  );
}

function Bar({ progress: { done, total, rate, remaining_s, text } }: { progress: Progress }) {
  const say = widgetWords();
  const share = total ? Math.min(1, done / total) : 0;
  const said = [
    total ? `${number(done)} / ${number(total)}` : number(done),
    rate ? `${number(rate)}/s` : "",
    remaining_s !== null ? say.left(duration(remaining_s)) : "",
  ];
  return (
    <div class="progress-line" title={text ?? undefined}>
      <div
        class="track"
        role="progressbar"
        aria-label={say.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(total ? { "aria-valuenow": Math.round(share * 100) } : {})}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <span class="dim small">{said.filter(Boolean).join(" · ")}</span>
    </div>
  );
}

/** The error of a run that failed: what a traceback ends with says it; the rest is folded. */
function Why({ run }: { run: Run }) {
  const message = run.error?.message || run.exit?.evidence;
  if (!message) return null;
  const whole = run.error?.details || message;
  const last = message.trimEnd().split("\n").pop()!;
  return (
    <div class="failure why">
      <strong>{last}</strong>
      {whole !== last && (
        <details>
          <summary class="dim">{widgetWords().traceback}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <pre tabIndex={0}>{whole}</pre>
        </details>
      )}
    </div>
  );
}

/** Room is kept for none of these: the kernel says most of it rarely. */
function Kernel() {
  const { channel } = useRoom();
  const { run, finished } = channel.state;
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), FIRST_MS);
    return () => clearTimeout(timer);
  }, []);
  const say = widgetWords();
  const gone = channel.gone.value && !finished.value;
  const text = gone ? say.gone : !run.value && late ? say.waiting : channel.busy.value ? say.busy : "";
  return (
    <p class="note-line dim" role="status" hidden={!text}>
      {text}
    </p>
  );
}
