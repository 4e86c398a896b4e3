/** Why a run ended as it did: the error, the end of its traceback, where to look next, and what could not be recorded. */
import { ofRun, useAnswer, useCall } from "../../api/cache";
import { ENDED, placeOf, type Run } from "../../api/run";
import { count } from "../../base/number";
import { address } from "../../base/place";
import { said } from "../../ui/run-said";
import { beside } from "./beside";
import { whereItFailed } from "./log-place";
import { runWords } from "./words";

/** Of a run that failed: the error, the end of its traceback, and where to look next. */
export function Why({ run }: { run: Run }) {
  const say = runWords();
  const failed = run.status === "Failed" || run.status === "NotResponding";
  // The last one of its kind that was good when this one was begun: what has changed since is why.
  const good = useCall("/runs:list", failed ? { ...beside(run, "<"), statuses: ["Completed"] } : null).value.data
    ?.runs[0];
  const message = run.error?.message ?? "";
  const text = said(message);
  const log = useAnswer(
    failed ? `failure ${run.run_id} ${message}` : null,
    () => whereItFailed(run.run_id, message),
    ofRun(run.run_id, "files"),
  ).value.data;
  const ended = run.exit?.evidence;
  return (
    <>
      {failed && (
        <section class="failure why">
          <h2>{say.why}</h2>
          {/* A traceback that was given as text: its signs stand below one another. */}
          {text && (text.includes("\n") ? <pre>{text}</pre> : <p class="message">{text}</p>)}
          {run.error?.details && run.error.details !== run.error.message && <pre>{run.error.details}</pre>}
          {ended && <p class="dim evidence">{said(ended)}</p>}
          <p class="links">
            {/* Until it is known where it leads it stands there all the same, so that nothing below it moves. */}
            {log !== null && (
              <a class="link" href={address(placeOf(run, "outputs"), log ? { file: log.path, line: log.line } : {})}>
                {log?.line ? say.openLogAt(count(Number.parseInt(log.line, 10))) : say.openLog}
              </a>
            )}
            {good && (
              <a class="link" href={address(["compare"], { runs: `${good.run_id},${run.run_id}` })}>
                {say.lastGood}
              </a>
            )}
          </p>
        </section>
      )}
      {!failed && ended && ENDED.has(run.status) && run.exit?.kind !== "completed" && (
        <section class="note">
          <h2>{say.ended}</h2>
          <p class="evidence">{said(ended)}</p>
        </section>
      )}
      {run.warnings.length > 0 && (
        <section class="note">
          <h2>{say.warnings}</h2>
          <ul>
            {run.warnings.map((warning, index) => (
              <li key={index}>
                {warning.message} {warning.count > 1 && <span class="dim">× {warning.count}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
