/** What went wrong, in one sentence, with what to do about it. */
import type { Failure } from "../api/failure";
import { catalogue } from "../base/language";

const words = catalogue({
  en: {
    unreachable: "The server cannot be reached. It is asked again by itself.",
    silent: "The server does not answer.",
    failures: {
      permission_denied: "You may not do this.",
      gone: "It was deleted.",
    } as Record<string, string>,
  },
  fr: {
    unreachable: "Le serveur est injoignable. Une nouvelle tentative se fait d'elle-même.",
    silent: "Le serveur ne répond pas.",
    failures: {
      permission_denied: "Vous n'avez pas ce droit.",
      gone: "Cet élément a été supprimé.",
    },
  },
});

/** The studio's words for a code it knows, else the server's own. */
export function failureText(failure: Failure): string {
  if (failure.code === "unreachable") return words().unreachable;
  // What stands between says so in words of its own.
  if (failure.status === 502 || failure.status === 504) return words().silent;
  return words().failures[failure.code] ?? failure.message;
}

export function FailureNote({ failure }: { failure: Failure }) {
  return (
    <div class="failure" role="alert">
      {failureText(failure)}
      {failure.hint && <div class="dim">{failure.hint}</div>}
    </div>
  );
}
