import { afterEach, expect, test } from "vitest";
import { speak } from "../src/base/language";
import { briefly } from "../src/ui/moment";
import { said } from "../src/ui/run-said";

afterEach(() => speak("en"));

test("known sentences on how a run ended are worded, others stay as they are", () => {
  const texts = [
    "the run's own code ended it as Failed",
    "ValueError left the script",
    "an exception left the script",
    "The kernel reported signal 9 (SIGKILL) for process 12.",
    "The process was killed by signal 9 (SIGKILL).",
    "exit code 3",
    "killed (SIGKILL)",
    "out of memory",
    "time_out",
    "failed",
    "Started again, for it failed: ValueError: x",
    "somebody pulled the plug",
  ];
  expect(texts.map(said)).toEqual(texts.map((text) => (text === "time_out" ? "time out" : text)));
  speak("fr");
  expect(texts.map(said)).toEqual([
    "le code de l'exécution l'a terminée : Échouée",
    "exception non interceptée : ValueError",
    "exception non interceptée",
    "le noyau a signalé le signal 9 (SIGKILL) pour le processus 12.",
    "Le processus a été tué par le signal 9 (SIGKILL).",
    "code de sortie 3",
    "tuée (SIGKILL)",
    "mémoire insuffisante",
    "délai dépassé",
    "échec",
    "Relancée après un échec : ValueError: x",
    "somebody pulled the plug",
  ]);
});

test("a duration is short as a clock shows it", () => {
  expect([0.4, 42, 77.4, 7500, 200_000].map(briefly)).toEqual([
    "0:00",
    "0:42",
    "1:17",
    "2:05:00",
    "2\u00a0d\u00a07\u00a0h",
  ]);
});
