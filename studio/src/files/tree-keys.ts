/** The keys of a tree, as everybody knows them: up and down move, right opens, left closes or goes to what it lies in. */

interface Row {
  depth: number;
  /** Of what can be opened. */
  open?: boolean;
}

interface Deeds {
  goTo: (index: number) => void;
  turn: (index: number, open: boolean) => void;
  press: (index: number) => void;
}

/** Do what a key means at a row. */
export function treeKey(event: KeyboardEvent, rows: readonly Row[], here: number, page: number, deeds: Deeds): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const row = rows[here];
  if (!row) return;
  const to = {
    ArrowDown: here + 1,
    ArrowUp: here - 1,
    PageDown: here + page,
    PageUp: here - page,
    Home: 0,
    End: rows.length - 1,
  }[event.key];
  if (to !== undefined) deeds.goTo(Math.max(0, Math.min(to, rows.length - 1)));
  else if (event.key === "ArrowRight") {
    if (row.open === false) deeds.turn(here, true);
    else if (row.open && (rows[here + 1]?.depth ?? 0) > row.depth) deeds.goTo(here + 1);
  } else if (event.key === "ArrowLeft") {
    if (row.open) deeds.turn(here, false);
    else {
      const parent = rows.slice(0, here).findLastIndex((each) => each.depth < row.depth);
      if (parent >= 0) deeds.goTo(parent);
    }
  } else if (event.key === "Enter" || event.key === " ") deeds.press(here);
  else return;
  event.preventDefault();
}
