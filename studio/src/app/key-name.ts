/** Keys as keyboards call them: arrows as signs, letters behind Ctrl, Alt and Shift in capitals. */
import { catalogue } from "../base/language";

const words = catalogue({
  en: { Escape: "Esc" } as Record<string, string>,
  fr: {
    Shift: "Maj",
    Space: "Espace",
    Enter: "Entrée",
    Escape: "Échap",
    Home: "Début",
    End: "Fin",
    Delete: "Suppr",
  },
});

const ARROWS: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

/** What a key of the listeners is called: `Ctrl+k` is Ctrl+K. */
export function keyName(keys: string): string {
  return keys
    .split(/(?<=[^+])\+/)
    .map((part, index) => words()[part] ?? ARROWS[part] ?? (index && part.length === 1 ? part.toUpperCase() : part))
    .join("+");
}
