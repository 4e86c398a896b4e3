/** Whether the command palette or the key sheet is open: pages open them, the shell shows them. */
import { signal } from "@preact/signals";

export const paletteOpen = signal(false);
export const keySheetOpen = signal(false);

export interface Command {
  id: string;
  label: string;
  run: () => void;
  /** The key that does the same. */
  keys?: string;
}

/** Commands of the page that is shown; the palette offers them first. */
export const pageCommands = signal<readonly Command[]>([]);
