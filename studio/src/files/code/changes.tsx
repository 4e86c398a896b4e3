/** What differs between the snapshots of two runs: a list of files, and the difference of the one that is chosen. */
import { useMemo, useState } from "preact/hooks";
import { nameOf, type Run } from "../../api/run";
import { address, parts, query } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { type Change, changesOf, kindOfChange } from "./comparison";
import { FileDifference } from "./file-difference";
import { snapshotId, useManifest } from "./manifest";
import "./source.css";
import { codeWords } from "./words";

/** Files of the list that are drawn at once. */
const PAGE = 500;
const SIGNS = { added: "+", removed: "−", changed: "±" } as const;

/** From one run's snapshot to another's; the address says which file (`file`). */
export function Changes({ old, now }: { old: Run; now: Run }) {
  const say = codeWords();
  const before = useManifest(old);
  const after = useManifest(now);
  const changes = useMemo(
    () => before.data && after.data && changesOf(before.data, after.data),
    [before.data, after.data],
  );
  for (const run of [old, now]) if (!snapshotId(run)) return <p class="empty">{say.noneOf(nameOf(run))}</p>;
  const failure = before.failure ?? after.failure;
  if (failure) return <FailureNote failure={failure} />;
  if (!changes) return null;
  if (!changes.length) return <p class="empty">{snapshotId(old) === snapshotId(now) ? say.sameId : say.same}</p>;
  const file = query.value.get("file");
  const chosen = changes.find((change) => change.path === file) ?? changes[0]!;
  return (
    <div class="source">
      <div class="source-side">
        <List changes={changes} chosen={chosen} />
      </div>
      <div class="source-view">
        <FileDifference key={chosen.path} change={chosen} sides={{ old: old.run_id, now: now.run_id }} />
      </div>
    </div>
  );
}

function List({ changes, chosen }: { changes: readonly Change[]; chosen: Change }) {
  const say = codeWords();
  const [shown, setShown] = useState(PAGE);
  const tally = { added: 0, removed: 0, changed: 0 };
  for (const change of changes) tally[kindOfChange(change)] += 1;
  return (
    <nav class="scroll" aria-label={say.changes}>
      <p class="source-tally">{say.tally(tally.added, tally.changed, tally.removed)}</p>
      {changes.slice(0, shown).map((change) => {
        const kind = kindOfChange(change);
        return (
          <a
            key={change.path}
            class="source-change"
            title={`${change.path} · ${say[kind]}`}
            aria-current={change === chosen ? "page" : undefined}
            href={address(parts.value, { ...Object.fromEntries(query.value), file: change.path, line: null })}
          >
            <span class={`source-sign ${kind}`} aria-hidden="true">
              {SIGNS[kind]}
            </span>
            <span class="cut grow">{change.path}</span>
            <span class="dim">{say[kind]}</span>
          </a>
        );
      })}
      {changes.length > shown && (
        <button type="button" class="button quiet" onClick={() => setShown(shown + PAGE)}>
          {say.more(Math.min(PAGE, changes.length - shown))}
        </button>
      )}
    </nav>
  );
}
