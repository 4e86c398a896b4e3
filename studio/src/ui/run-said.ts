/** How a run ended, in the reader's language: what is known of the server's sentences is worded, anything else stays as it is. */
import { catalogue } from "../base/language";
import { statusWord } from "./status";

type Worded = readonly [RegExp, string | ((match: string) => string)];

/** Sentences of `sdk/watcher/ending.py`, `sdk/watcher/job.py`, `compute/runner/ending.py` and whoever cancels. */
const FRENCH: readonly Worded[] = [
  [/^the run's own code ended it as (\w+)$/, (status) => `le code de l'exécution l'a terminée : ${statusWord(status)}`],
  [/^(?:an exception|(\S+)) left the script$/, (name) => `exception non interceptée${name ? ` : ${name}` : ""}`],
  [/^the script ran to its end; exit code 0$/, "le script est allé à son terme ; code de sortie 0"],
  [/^the script ran to its end; .*/, "le script est allé à son terme ; son code de sortie n'est pas connu"],
  [
    /^the kernel reported exit code (-?\d+) for process (\d+)/i,
    "le noyau a signalé le code de sortie $1 du processus $2",
  ],
  [
    /^the kernel reported signal (\d+ \(.+?\)|\d+) for process (\d+)/i,
    "le noyau a signalé le signal $1 pour le processus $2",
  ],
  [
    /^process (\d+) vanished without a word.*/,
    "le processus $1 a disparu sans un mot, et le noyau n'a pas dit comment",
  ],
  [/^the script ended with exit code (-?\d+)\.$/i, "Le script s'est terminé avec le code de sortie $1."],
  [/^the process was killed by signal (.+)\.$/i, "Le processus a été tué par le signal $1."],
  [/^the process was terminated by signal (.+)\.$/i, "Le processus a été arrêté par le signal $1."],
  [/^the kernel ended the process for lack of memory\.$/i, "Le noyau a mis fin au processus, faute de mémoire."],
  [/^the run was failed by its own code\.$/i, "L'exécution a été déclarée en échec par son propre code."],
  [/^the run failed without a message\.$/i, "L'exécution a échoué sans message."],
  [/^started again, for it failed: /i, "Relancée après un échec : "],
  [/^exit code (-?\d+)$/, "code de sortie $1"],
  [/^killed \((.+)\)$/, "tuée ($1)"],
  [/^terminated \((.+)\)$/, "arrêtée ($1)"],
  [/^canceled while it was queued$/, "annulée pendant son attente"],
  [/^could not be started$/, "n'a pas pu être démarrée"],
  [/^reused$/, "réutilisée"],
];

const words = catalogue({
  en: {
    kinds: { exit_code: "exit code", out_of_memory: "out of memory", time_out: "time out", not_started: "not started" },
    said: [],
  } as { kinds: Record<string, string>; said: readonly Worded[] },
  fr: {
    kinds: {
      completed: "terminée",
      exception: "exception",
      exit_code: "code de sortie",
      signal: "signal",
      out_of_memory: "mémoire insuffisante",
      interrupted: "interrompue",
      canceled: "annulée",
      time_out: "délai dépassé",
      not_started: "non démarrée",
      lost: "perdue",
      failed: "échec",
    },
    said: FRENCH,
  },
});

/** A reason, an evidence or a message. */
export function said(text: string): string {
  const { kinds, said } = words();
  const word = kinds[text.replace(/^timeout$/, "time_out").replaceAll(" ", "_")];
  if (word) return word;
  for (const [known, worded] of said) {
    if (known.test(text))
      return typeof worded === "string" ? text.replace(known, worded) : worded(known.exec(text)?.[1] ?? "");
  }
  return text;
}
