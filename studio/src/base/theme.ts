/** Light or dark: as the system has it, or as chosen. `public/theme.js` does the same before the first paint. */
import { effect, signal } from "@preact/signals";
import { keep, kept } from "./keeping";

export type Theme = "system" | "light" | "dark";

const query = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const system = signal(query?.matches ?? false);
query?.addEventListener?.("change", (event) => {
  system.value = event.matches;
});

export const theme = signal<Theme>((kept("theme") as Theme | null) ?? "system");

/** Whether the page is dark now: for what is drawn and not styled. */
export function isDark(): boolean {
  return theme.value === "system" ? system.value : theme.value === "dark";
}

effect(() => {
  if (globalThis.document) document.documentElement.dataset.theme = theme.value;
});

export function paint(wanted: Theme): void {
  theme.value = wanted;
  keep("theme", wanted === "system" ? null : wanted);
}
