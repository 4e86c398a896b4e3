/** Chooses the run whose snapshot is compared with: one of the experiment's last, or any by its id. */
import { useState } from "preact/hooks";
import { ofKind, useCall } from "../../api/cache";
import { nameOf, type Run } from "../../api/run";
import { moment } from "../../base/number";
import { ask } from "../../base/place";
import { codeWords } from "../../files/code/words";
import { Dialog } from "../../ui/dialog";
import { Menu } from "../../ui/menu";

const LAST = 20;
const WITH_SNAPSHOT = 'properties.ContentSnapshotId > ""';

function compareWith(run: string | null): void {
  ask({ diff: run, file: null, line: null, patch: null });
}

export function DiffMenu({ run, other }: { run: Run; other: string | null }) {
  const say = codeWords();
  const [isAsking, setAsking] = useState(false);
  const { experiment_id } = run;
  const found = useCall(
    "/runs:list",
    { experiment_id, filter: WITH_SNAPSHOT, limit: LAST + 1, hidden: true },
    ofKind("run", "deleted"),
  ).value.data;
  const others = (found?.runs ?? []).filter((each) => each.run_id !== run.run_id).slice(0, LAST);
  const items = [
    ...others.map((each) => ({
      label: (
        <>
          <span class="cut grow">{nameOf(each)}</span>
          <span class="dim">{moment(each.created_at)}</span>
        </>
      ),
      checked: each.run_id === other,
      run: () => compareWith(each.run_id),
    })),
    ...(found && !others.length ? [{ label: say.noOthers, disabled: true, run: () => undefined }] : []),
    { label: say.byId, run: () => setAsking(true) },
  ];
  return (
    <>
      {other && (
        <button type="button" class="button" onClick={() => compareWith(null)}>
          {say.stop}
        </button>
      )}
      <Menu label={say.diffWith} items={items} />
      {isAsking && <AskId onClose={() => setAsking(false)} />}
    </>
  );
}

function AskId({ onClose }: { onClose: () => void }) {
  const say = codeWords();
  const [id, setId] = useState("");
  const form = "diff-by-id";
  return (
    <Dialog
      title={say.diffWith}
      onClose={onClose}
      footer={
        <button type="submit" form={form} class="button primary" disabled={!id.trim()}>
          {say.compare}
        </button>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          compareWith(id.trim());
        }}
      >
        <label>
          {say.runId}{" "}
          <input
            class="field mono"
            value={id}
            spellcheck={false}
            onInput={(event) => setId(event.currentTarget.value)}
          />
        </label>
      </form>
    </Dialog>
  );
}
