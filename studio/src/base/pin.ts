/** Experiments that somebody wants at hand, kept in this browser. */
import { signal } from "@preact/signals";
import { keep, keptJson } from "./keeping";

function read(): string[] {
  const found = keptJson("pins");
  return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
}

export const pins = signal<readonly string[]>(read());

export function pin(name: string, on: boolean): void {
  const others = pins.value.filter((each) => each !== name);
  pins.value = on ? [...others, name] : others;
  keep("pins", JSON.stringify(pins.value));
}
