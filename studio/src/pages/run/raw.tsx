/** Everything that is known of a run, as the server gives it. */
import { copy } from "../../base/clipboard";
import { attempt, say as tell } from "../../ui/toast";
import { uiWords } from "../../ui/words";
import type { TabProps } from "./tab";
import { runWords } from "./words";

export function RawTab({ run }: TabProps) {
  const text = JSON.stringify(run, null, 2);
  return (
    <div class="scroll raw">
      <button
        type="button"
        class="button"
        onClick={() => void attempt(() => copy(text).then(() => tell(runWords().copied)))}
      >
        {uiWords().copy}
      </button>
      <pre>{text}</pre>
    </div>
  );
}
