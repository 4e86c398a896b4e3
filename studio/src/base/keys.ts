/** Keys: who listens for what in which place, so that the key sheet can tell. Single keys rest while somebody types. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { keep, kept } from "./keeping";

export interface Key {
  /** As `KeyboardEvent.key` (but `Space`), with `Ctrl+`, `Alt+`, `Shift+` before it (Ctrl means Cmd too); "g e" is two keys in turn. */
  keys: string;
  /** What it does, for the key sheet. */
  does: string;
  run: (event: KeyboardEvent) => void;
  /** Whether it counts for this event; without, it always does. */
  when?: (event: KeyboardEvent) => boolean;
}

export interface KeyGroup {
  place: string;
  keys: readonly Key[];
}

/** Those that listen now, the innermost last. */
export const listening = signal<readonly KeyGroup[]>([]);

/** Whether keys without Ctrl or Alt count at all (WCAG 2.1.4). */
export const singleKeys = signal(kept("single-keys") !== "off");

export function allowSingleKeys(on: boolean): void {
  singleKeys.value = on;
  keep("single-keys", on ? null : "off");
}

let prefix = "";
let prefixTimer = 0;

function name(event: KeyboardEvent): string {
  const shown = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const ctrl = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key)) ? "Shift+" : "";
  return ctrl + alt + shift + shown;
}

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  if (element.isContentEditable || element.closest("textarea, select, [contenteditable]")) return true;
  const input = element.closest("input");
  return input !== null && !["checkbox", "radio", "range", "button"].includes(input.type);
}

export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = name(event);
  const plain = !pressed.startsWith("Ctrl+") && !pressed.startsWith("Alt+");
  if (plain && (typing(event.target) || !singleKeys.value)) return;
  if (plain && document.querySelector("dialog[open]")) return;
  const groups = [...listening.value].reverse();
  for (const wanted of prefix ? [`${prefix} ${pressed}`, pressed] : [pressed]) {
    for (const group of groups) {
      const key = group.keys.find((each) => each.keys === wanted && (each.when?.(event) ?? true));
      if (!key) continue;
      prefix = "";
      event.preventDefault();
      key.run(event);
      return;
    }
  }
  prefix = groups.some((group) => group.keys.some((key) => key.keys.startsWith(`${pressed} `))) ? pressed : "";
  clearTimeout(prefixTimer);
  if (prefix) prefixTimer = setTimeout(() => (prefix = ""), 1200) as unknown as number;
}

/**
 * Listen for keys while the component is there: from its first paint on, and always for the keys of its last rendering, so that keys
 * pressed in quick turn each find the place that the one before led to.
 */
export function useKeys(place: string, keys: readonly Key[]): void {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => {
    const group: KeyGroup = {
      place,
      get keys() {
        return latest.current;
      },
    };
    listening.value = [...listening.value, group];
    return () => {
      listening.value = listening.value.filter((each) => each !== group);
    };
  }, [place]);
}
