/** What differs between the code of two runs: the files on the left, the lines of one on the right. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAnswer } from "../../api/cache";
import { FailureNote } from "../../ui/failure";
import { Rows } from "../rows";
import { FileDiff } from "./diff-view";
import { changesOf, readManifest } from "./manifest";
import { snapshotWords } from "./words";

interface Props {
  /** The run compared with, and what it is called. */
  before: string;
  beforeName: string;
  after: string;
}

const ROW = 24;

export function Changes({ before, beforeName, after }: Props) {
  const say = snapshotWords();
  const old = useAnswer(`snapshot ${before}`, () => readManifest(before)).value;
  const now = useAnswer(`snapshot ${after}`, () => readManifest(after)).value;
  const changes = useMemo(() => old.data && now.data && changesOf(old.data, now.data), [old.data, now.data]);
  const [chosen, choose] = useState<string | null>(null);
  useEffect(() => choose(changes?.[0]?.path ?? null), [changes]);
  const change = changes?.find((each) => each.path === chosen);
  if (old.failure?.status === 404) return <p class="empty">{say.otherMissing(before)}</p>;
  const failure = old.failure ?? now.failure;
  if (failure) return <FailureNote failure={failure} />;
  if (!changes) return null;
  if (!changes.length) return <p class="empty">{say.same(beforeName)}</p>;
  return (
    <div class="outputs">
      <nav class="outputs-side" aria-label={say.since(beforeName)}>
        <Rows class="changes" count={changes.length} rowHeight={ROW}>
          {(index) => {
            const each = changes[index]!;
            return (
              <button
                key={each.path}
                type="button"
                class={`changes-row changes-${each.kind}`}
                aria-current={each.path === chosen}
                title={`${each.path} · ${say.kinds[each.kind]}`}
                onClick={() => choose(each.path)}
              >
                <span class="changes-kind" aria-hidden="true">
                  {say.signs[each.kind]}
                </span>
                <span class="cut grow">{each.path}</span>
                <span class="dim">{say.kinds[each.kind]}</span>
              </button>
            );
          }}
        </Rows>
      </nav>
      <div class="outputs-view">
        {change && (
          <FileDiff
            key={change.path}
            before={change.kind === "added" ? null : { run: before, path: change.path }}
            after={change.kind === "removed" ? null : { run: after, path: change.path }}
            label={change.path}
          />
        )}
      </div>
    </div>
  );
}
