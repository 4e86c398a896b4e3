/** What can be done to a version: have its files, copy its code, delete it. */
import { useState } from "preact/hooks";
import { apiAddress } from "../../api/call";
import { remove } from "../../api/deed";
import { calledOf, type Kind, numberOf } from "../../api/registry";
import type { Run } from "../../api/run";
import { copy } from "../../base/clipboard";
import { mayWrite } from "../../base/may";
import { address, go } from "../../base/place";
import { Confirm } from "../../ui/confirm";
import { Menu } from "../../ui/menu";
import { attempt, say as tell } from "../../ui/toast";
import { uiWords } from "../../ui/words";
import { codeOf } from "./code";
import { registryWords } from "./words";

export function Actions({ kind, record, files }: { kind: Kind; record: Run; files: boolean }) {
  const say = registryWords();
  const [removing, setRemoving] = useState(false);
  const name = calledOf(record);
  const number = numberOf(record);
  return (
    <>
      <Menu
        label="⋯"
        title={uiWords().more}
        items={[
          {
            label: say.copyCode,
            run: () => void attempt(() => copy(codeOf(kind, name, number)).then(() => tell(uiWords().copied))),
          },
          files && {
            label: say.download,
            run: () => location.assign(apiAddress("/artifacts:zip", { run_id: record.run_id })),
          },
          mayWrite && { label: say.remove, danger: true, run: () => setRemoving(true) },
        ]}
      />
      {removing && (
        <Confirm
          title={say.removeTitle}
          does={say.removeDoes}
          onClose={() => setRemoving(false)}
          onYes={async () => {
            if (!(await attempt(() => remove([record.run_id])))) return;
            tell(say.removed(name, number));
            go(address([`${kind}s`]));
          }}
        >
          <p>
            <b>{name}</b> <span class="dim">{say.version(number)}</span>
          </p>
          <p>{say[kind].removeText}</p>
        </Confirm>
      )}
    </>
  );
}
