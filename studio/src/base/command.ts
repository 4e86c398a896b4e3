/** Whether the command palette or the key sheet is open: pages open them, the shell shows them. */
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

export const paletteOpen = signal(false);
export const keySheetOpen = signal(false);

export interface Command {
  id: string;
  label: string;
  run: () => void;
  /** The key that does the same. */
  keys?: string;
}

/** Commands of what is shown, by who offers them; the palette has them first. */
export const pageCommands = signal<readonly (readonly Command[])[]>([]);

/** Offer commands while the component is there; a list that is the same stays as it is. */
export function useCommands(commands: readonly Command[]): void {
  useLayoutEffect(() => {
    pageCommands.value = [...pageCommands.peek(), commands];
    return () => {
      pageCommands.value = pageCommands.peek().filter((each) => each !== commands);
    };
  }, [commands]);
}
