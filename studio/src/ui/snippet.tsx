/** Some lines of Python to copy. */
import { copy } from "../base/clipboard";
import { attempt, say as tell } from "./toast";
import { uiWords } from "./words";

export function Snippet({ code }: { code: string }) {
  const say = uiWords();
  return (
    <div class="snippet">
      <pre>{code}</pre>
      <button type="button" class="button" onClick={() => void attempt(() => copy(code).then(() => tell(say.copied)))}>
        {say.copy}
      </button>
    </div>
  );
}
