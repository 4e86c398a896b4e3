/** What went wrong, in one sentence, with what to do about it. */
import type { Failure } from "../api/call";
import { uiWords } from "./words";

/** The studio's words for a code it knows, else the server's own. */
export function failureText(failure: Failure): string {
  if (failure.code === "unreachable") return uiWords().unreachable;
  return uiWords().failures[failure.code] ?? failure.message;
}

export function FailureNote({ failure }: { failure: Failure }) {
  return (
    <div class="failure" role="alert">
      {failureText(failure)}
      {failure.hint && <div class="dim">{failure.hint}</div>}
    </div>
  );
}
