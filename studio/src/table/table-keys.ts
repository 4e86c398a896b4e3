/** Keys of the runs table: letters count anywhere on the page, arrows only within the table. */
import { useMemo } from "preact/hooks";
import { type Key, useKeys } from "../base/keys";
import { language } from "../base/language";
import { attempt } from "../ui/toast";
import type { Room } from "./room";
import { tableWords } from "./words";

/** What the page does for the table. */
export interface TableHands {
  open: (run: string, experiment: string) => void;
  compare: () => void;
}

const PAGE_ROWS = 15;

/** Listens for the keys of the page; gives what listens on the table itself. */
export function useTableKeys(
  room: Room,
  grid: { current: HTMLDivElement | null },
  hands: TableHands,
  show: (line: number) => void,
): (event: KeyboardEvent) => void {
  const acts = useMemo(() => actions(room, grid, hands, show), [room, hands.compare]);
  const speaking = language.value;
  const keys = useMemo(() => keysOf(room, acts, grid), [room, acts, speaking]);
  useKeys(tableWords().place, keys);
  return (event) => {
    if (event.target !== grid.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = within(acts)[(event.shiftKey ? "Shift+" : "") + event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

type Actions = ReturnType<typeof actions>;

function actions(
  room: Room,
  grid: { current: HTMLDivElement | null },
  hands: TableHands,
  show: (line: number) => void,
) {
  const to = (line: number) => {
    const at = Math.max(0, Math.min(room.lines - 1, line));
    room.active.value = at;
    show(at);
    // The summary follows, where it is open.
    const found = room.view.peek().peek && room.rowAt(at)?.run.run_id;
    if (found) room.change({ peek: found }, "replace");
    grid.current?.focus({ preventScroll: true });
  };
  const extend = (by: number) => {
    if (!room.choice.ids.peek().size) room.toggle(room.active.peek());
    to(room.active.peek() + by);
    room.extendTo(room.active.peek());
  };
  const row = () => room.rowAt(room.active.peek());
  return {
    move: (by: number) => to(room.active.peek() + by),
    to,
    extend,
    toggle: () => room.toggle(room.active.peek()),
    extendHere: () => room.extendTo(room.active.peek()),
    fold: (open: boolean) => attempt(() => room.fold(room.active.peek(), open)),
    peek: () => {
      const found = row()?.run.run_id ?? null;
      room.change({ peek: room.view.peek().peek === found ? null : found }, "replace");
    },
    open: () => {
      const found = row()?.run;
      if (found) hands.open(found.run_id, found.experiment);
      else if (room.line(room.active.peek()).kind === "group") attempt(() => room.fold(room.active.peek()));
    },
    eye: () => {
      const found = row();
      if (found) room.eyes.toggle(found);
    },
    compare: hands.compare,
    clear: () => room.choice.clear(),
  };
}

/** What keys do while the table has the focus; they do so also where single letters were switched off. */
function within(acts: Actions): Record<string, () => void> {
  return {
    ArrowDown: () => acts.move(1),
    ArrowUp: () => acts.move(-1),
    "Shift+ArrowDown": () => acts.extend(1),
    "Shift+ArrowUp": () => acts.extend(-1),
    PageDown: () => acts.move(PAGE_ROWS),
    PageUp: () => acts.move(-PAGE_ROWS),
    Home: () => acts.to(0),
    End: () => acts.to(Number.MAX_SAFE_INTEGER),
    ArrowRight: () => acts.fold(true),
    ArrowLeft: () => acts.fold(false),
    " ": acts.peek,
    Enter: acts.open,
  };
}

function keysOf(room: Room, acts: Actions, grid: { current: HTMLDivElement | null }): Key[] {
  const say = tableWords().keys;
  const when = (event: KeyboardEvent) => event.target === grid.current;
  return [
    { keys: "j", does: say.move, run: () => acts.move(1) },
    { keys: "k", does: say.move, run: () => acts.move(-1) },
    { keys: "x", does: say.select, run: acts.toggle },
    { keys: "Shift+x", does: say.extend, run: acts.extendHere },
    { keys: "ArrowDown", does: say.move, run: () => acts.move(1), when },
    { keys: "ArrowRight", does: say.fold, run: () => acts.fold(true), when },
    { keys: "Shift+ArrowDown", does: say.extend, run: () => acts.extend(1), when },
    { keys: "Space", does: say.peek, run: acts.peek, when },
    { keys: "Enter", does: say.open, run: acts.open, when },
    { keys: "e", does: say.eye, run: acts.eye },
    { keys: "c", does: say.compare, run: acts.compare },
    { keys: "Shift+c", does: say.clear, run: acts.clear },
    { keys: "Ctrl+z", does: say.undo, run: () => room.stepBack(), when: notTyping },
    { keys: "Ctrl+Shift+z", does: say.redo, run: () => room.stepForth(), when: notTyping },
  ];
}

/** Fields have steps back of their own. */
function notTyping(event: KeyboardEvent): boolean {
  return !(event.target as Element | null)?.closest?.("input:not([type=checkbox]), textarea");
}
