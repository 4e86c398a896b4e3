/** What of the table is drawn, where it is not all: how many runs, or groups, with ways to see more. */
import { useMemo } from "preact/hooks";
import { ask } from "../base/place";
import { frameWords } from "../charts/frame-words";
import type { Row } from "../table/asking";
import { MORE } from "../table/eyes";
import type { Room } from "../table/room";

/** More groups than these are no better to look at than runs. */
const GROUPS = 20;
const LOOKED_AT = 100;

/** The parameter by which these runs fall into the fewest groups, if any does; of several the first that was logged. */
export function varying(rows: readonly Row[]): string | null {
  const values = new Map<string, Set<string>>();
  for (const { run } of rows)
    for (const [name, value] of Object.entries(run.params))
      values.set(name, (values.get(name) ?? new Set()).add(JSON.stringify(value)));
  const fit = [...values].filter(([, { size }]) => size > 1 && size <= GROUPS && size < rows.length);
  return fit.sort(([, a], [, b]) => a.size - b.size)[0]?.[0] ?? null;
}

export function DrawingNote({ room }: { room: Room }) {
  const { eyes, grouping, rank } = room;
  const say = frameWords();
  const total = rank.state.value.total ?? 0;
  const by = useMemo(() => (total > MORE ? varying([...rank.rows()].slice(0, LOOKED_AT)) : null), [rank.id, total]);
  if (!eyes.less.value) return null;
  const groups = eyes.groups.value;
  if (groups) return <span>{say.manyGroups(groups.length, grouping.total.value ?? 0)}</span>;
  const drawn = eyes.drawn.value.length;
  const more = eyes.more.value;
  const next = Math.min(MORE, total);
  return (
    <>
      <span>
        {say.manyLines(drawn, total)}{" "}
        {!more && next > drawn && (
          <button type="button" class="link" onClick={() => ask({ top: String(MORE) })}>
            {say.drawSome(next)}
          </button>
        )}
        {more && (
          <button type="button" class="link" onClick={() => ask({ top: null })}>
            {say.drawFewer}
          </button>
        )}
      </span>
      {by && (
        <span>
          <button type="button" class="link" onClick={() => room.change({ group: { kind: "param", name: by } })}>
            {say.groupBy(by)}
          </button>
        </span>
      )}
    </>
  );
}
