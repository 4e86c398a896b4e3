/** Which language the studio speaks, and catalogues of words in all of them. */
import { signal } from "@preact/signals";
import { keep, kept } from "./keeping";

export type Language = "en" | "fr";

export const LANGUAGES: Record<Language, string> = { en: "English", fr: "Français" };

function chosen(): Language {
  const named = new URLSearchParams(globalThis.location?.search ?? "").get("lang") ?? kept("language");
  const wanted = [named, ...(globalThis.navigator?.languages ?? [])];
  return (wanted.map((each) => each?.slice(0, 2)).find((each) => each && each in LANGUAGES) ?? "en") as Language;
}

export const language = signal<Language>(chosen());

export function speak(wanted: Language): void {
  language.value = wanted;
  keep("language", wanted);
}

/** A catalogue: English says which messages there are, each other language must have them all. Read in a component, it follows the choice. */
export function catalogue<Words extends object>(
  words: { en: Words } & Record<Exclude<Language, "en">, NoInfer<Words>>,
): () => Words {
  return () => words[language.value];
}

/** Which counts a language says in the singular. */
const SINGULAR: Record<Language, (count: number) => boolean> = {
  en: (count) => count === 1,
  fr: (count) => Math.abs(count) < 2,
};

/** One of two forms, as the language counts: "1 run", "0 runs" but "0 exécution". */
export function plural(count: number, one: string, other: string): string {
  return SINGULAR[language.value](count) ? one : other;
}
