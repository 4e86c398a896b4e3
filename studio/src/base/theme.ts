/** Light or dark: as the system has it, or as chosen. `public/theme.js` does the same before the first paint. */
import { signal } from "@preact/signals";
import { keep, kept } from "./keeping";

export type Theme = "system" | "light" | "dark";

const query = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const system = signal(query?.matches ?? false);

/** Follow the system as long as the page is there. */
export function followSystem(): void {
  query?.addEventListener?.("change", (event) => {
    system.value = event.matches;
  });
}

export const theme = signal<Theme>((kept("theme") as Theme | null) ?? "system");

/** Whether the page is dark now: for what is drawn and not styled. */
export function isDark(): boolean {
  return theme.value === "system" ? system.value : theme.value === "dark";
}

export function paint(wanted: Theme): void {
  theme.value = wanted;
  keep("theme", wanted === "system" ? null : wanted);
}
