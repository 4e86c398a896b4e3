/** Asks before a run is put into a queue once more: what will run, under which name, with which arguments. */
import { useState } from "preact/hooks";
import { call } from "../../api/call";
import { nameOf, placeOf, type Run } from "../../api/run";
import { address, go } from "../../base/place";
import { Confirm } from "../../ui/confirm";
import { Facts } from "../../ui/facts";
import { attempt, say as tell } from "../../ui/toast";
import { runWords } from "./words";

export function Again({ run, onClose }: { run: Run; onClose: () => void }) {
  const say = runWords();
  const { script, command, arguments: given = [] } = run.definition as Record<string, string | string[]>;
  // One a line: an argument may hold blanks and quotes.
  const before = [given].flat().join("\n");
  const [name, setName] = useState(run.display_name ?? "");
  const [text, setText] = useState(before);
  const again = async () => {
    // What was not changed is not sent: it may hold what lines cannot tell.
    const changed = text === before ? null : text.split("\n").filter(Boolean);
    const made = await attempt(() =>
      call("/runs:rerun", { run_id: run.run_id, display_name: name.trim() || null, arguments: changed }),
    );
    if (!made) return;
    tell(say.rerunDone(nameOf(made)));
    go(address(placeOf(made)));
  };
  return (
    <Confirm title={say.rerunTitle} does={say.rerun} kind="primary" onClose={onClose} onYes={again}>
      <Facts
        title={say.job}
        facts={[
          [say.script, script && <code key="script">{script}</code>],
          [say.command, command && <code key="command">{[command].flat().join(" ")}</code>],
          [say.target, run.target],
        ]}
      />
      <label class="asked">
        {say.runName}
        <input class="field" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      {script && (
        <label class="asked">
          {say.argumentLines}
          <textarea
            class="field mono"
            rows={Math.min(12, text.split("\n").length + 1)}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
    </Confirm>
  );
}
