/** The code of several runs: how the snapshot of each differs from the baseline's. */
import { nameOf } from "../../api/run";
import { inks } from "../../base/colour";
import { address, query } from "../../base/place";
import { Changes } from "../../files/code/changes";
import { snapshotId } from "../../files/code/manifest";
import "../../files/code/source.css";
import { codeWords } from "../../files/code/words";
import type { PartProps } from "./part";

export function CompareCode({ runs }: PartProps) {
  const say = codeWords();
  const [baseline, ...others] = runs;
  const dealt = inks(runs.map((run) => run.run_id));
  const chosen = others.find((run) => run.run_id === query.value.get("with")) ?? others[0];
  if (!baseline || !chosen) return <p class="empty">{say.two}</p>;
  return (
    <>
      <nav class="bar source-bar" aria-label={say.others}>
        <span class="dim">{say.comparedWith(nameOf(baseline))}</span>
        {others.map((run) => (
          <a
            key={run.run_id}
            class="button"
            aria-current={run === chosen ? "true" : undefined}
            href={address(["compare"], { ...Object.fromEntries(query.value), with: run.run_id, file: null })}
          >
            <span class="chip" style={{ background: dealt.get(run.run_id)!.colour }} />
            {nameOf(run)}
            {!snapshotId(run) && <span class="dim">{say.noneShort}</span>}
          </a>
        ))}
      </nav>
      <Changes key={chosen.run_id} old={baseline} now={chosen} />
    </>
  );
}
