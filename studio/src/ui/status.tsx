/** The status of a run: a shape, a word and a colour, so that none of them is needed alone. */
import { catalogue } from "../base/language";

const words = catalogue({
  en: {
    NotStarted: "Not started",
    Starting: "Starting",
    Provisioning: "Provisioning",
    Preparing: "Preparing",
    Queued: "Queued",
    Running: "Running",
    Finalizing: "Finalizing",
    CancelRequested: "Canceling",
    Completed: "Completed",
    Failed: "Failed",
    Canceled: "Canceled",
    NotResponding: "Not responding",
    Unapproved: "Unapproved",
    Pausing: "Pausing",
    Paused: "Paused",
  } as Record<string, string>,
  fr: {
    NotStarted: "Non démarrée",
    Starting: "Démarrage",
    Provisioning: "Approvisionnement",
    Preparing: "Préparation",
    Queued: "En file",
    Running: "En cours",
    Finalizing: "Finalisation",
    CancelRequested: "Annulation",
    Completed: "Terminée",
    Failed: "Échouée",
    Canceled: "Annulée",
    NotResponding: "Ne répond plus",
    Unapproved: "Non approuvée",
    Pausing: "Mise en pause",
    Paused: "En pause",
  },
});

const SHAPES: Record<string, readonly [string, string]> = {
  Running: ["●", "run"],
  Finalizing: ["●", "run"],
  Starting: ["◔", "run"],
  Preparing: ["◔", "run"],
  Provisioning: ["◔", "run"],
  Completed: ["✓", "ok"],
  Failed: ["✕", "bad"],
  NotResponding: ["!", "bad"],
  Canceled: ["■", "stop"],
  CancelRequested: ["◧", "stop"],
};

export function statusWord(status: string): string {
  return words()[status] ?? status;
}

export function Status({ status, bare = false }: { status: string; bare?: boolean }) {
  const [shape, kind] = SHAPES[status] ?? ["◐", "wait"];
  const word = statusWord(status);
  return (
    <span class={`status status-${kind}`} {...(bare ? { title: word } : {})}>
      <span aria-hidden="true">{shape}</span>
      {bare ? <span class="unseen">{word}</span> : word}
    </span>
  );
}
