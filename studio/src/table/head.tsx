/** The heads of a runs table's columns: sorting, which figure of a metric is shown, order and width. */
import { Menu, type MenuItem } from "../ui/menu";
import { attempt, say as tell } from "../ui/toast";
import { columnTitle, numeric } from "./cell";
import { type Column, columnText, firstDescending, STATS } from "./column";
import type { Room } from "./room";
import { headTitle } from "./row";
import { NEWEST } from "./view";
import { keepWidths, NAME, resize, width } from "./widths";
import { tableWords } from "./words";

/** Chosen at once at most; more are no selection but a filter. */
const SELECTED = 1_000;

export function Head({ room, columns }: { room: Room; columns: readonly Column[] }) {
  const say = tableWords();
  // What this box speaks of are the table's own runs: others may be chosen too, and stay so.
  const chosen = room.choice.here.value;
  const all = Math.min((room.rank.state.value.total ?? 0) - room.rank.deleted, SELECTED);
  return (
    <div role="row" class="head" aria-rowindex={1}>
      <span role="columnheader" aria-colindex={1} class="box">
        <input
          type="checkbox"
          aria-label={say.selectAll}
          title={say.selectAll}
          checked={all > 0 && chosen >= all}
          indeterminate={chosen > 0 && chosen < all}
          onChange={(event) => (event.currentTarget.checked ? selectAll(room) : room.choice.clearHere())}
        />
      </span>
      <HeadCell room={room} column={NAME} columns={columns} index={0} />
      {columns.map((column, index) => (
        <HeadCell key={columnText(column)} room={room} column={column} columns={columns} index={index + 1} />
      ))}
    </div>
  );
}

function selectAll(room: Room): void {
  attempt(async () => {
    const total = await room.selectAll(SELECTED);
    if (total > SELECTED) tell(tableWords().selectedFirst(SELECTED));
  });
}

interface CellProps {
  room: Room;
  column: Column;
  columns: readonly Column[];
  /** 0 is the name, which stays where it is. */
  index: number;
}

function HeadCell({ room, column, columns, index }: CellProps) {
  const { sort } = room.view.value;
  const can = room.orders(column);
  const sorted = can && columnText(sort.column) === columnText(column);
  const title = columnTitle(column);
  const next = () => room.change({ sort: { column, descending: sorted ? !sort.descending : firstDescending(column) } });
  return (
    <span
      role="columnheader"
      aria-colindex={index + 2}
      class={numeric(column) ? "num" : ""}
      {...(sorted ? { "aria-sort": sort.descending ? "descending" : "ascending" } : {})}
    >
      {can ? (
        <button type="button" class="title" tabIndex={-1} title={title} onClick={next}>
          {headTitle(column)}
          {sorted && <span aria-hidden="true">{sort.descending ? "↓" : "↑"}</span>}
        </button>
      ) : (
        <span class="title" title={title}>
          {headTitle(column)}
        </span>
      )}
      <Menu
        kind="quiet tiny"
        label={<span aria-hidden="true">▾</span>}
        title={tableWords().columnMenu(title)}
        items={() => items({ room, column, columns, index }, can, sorted)}
      />
      <Edge column={column} />
    </span>
  );
}

function items({ room, column, columns, index }: CellProps, can: boolean, sorted: boolean): MenuItem[] {
  const say = tableWords();
  const at = index - 1;
  const { sort } = room.view.peek();
  const sortTo = (descending: boolean) => () => room.change({ sort: { column, descending } });
  const moved = (to: number) => () => {
    const next = [...columns];
    next.splice(at, 1);
    next.splice(to, 0, column);
    room.setColumns(next);
  };
  const wider = (by: number) => () => {
    resize(column, width(column) + by);
    keepWidths();
  };
  return [
    ...(can
      ? [
          { label: say.ascending, checked: sorted && !sort.descending, run: sortTo(false) },
          { label: say.descending, checked: sorted && sort.descending, run: sortTo(true) },
          ...(sorted ? [{ label: say.unsorted, checked: false, run: () => room.change({ sort: NEWEST }) }] : []),
        ]
      : []),
    ...(column.kind === "metric"
      ? STATS.map((stat) => ({
          label: say.stat[stat],
          checked: stat === column.stat,
          run: () => room.replaceColumn(column, { ...column, stat }),
        }))
      : []),
    ...(at > 0 ? [{ label: say.left, run: moved(at - 1) }] : []),
    ...(at >= 0 && at < columns.length - 1 ? [{ label: say.right, run: moved(at + 1) }] : []),
    { label: say.wider, run: wider(32) },
    { label: say.narrower, run: wider(-32) },
    ...(at >= 0 ? [{ label: say.remove, run: () => room.setColumns(columns.filter((each) => each !== column)) }] : []),
  ];
}

/** The edge that is dragged; the menu has the same for keys. */
function Edge({ column }: { column: Column }) {
  const onPointerDown = (event: PointerEvent) => {
    if (event.button) return;
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    const [start, before] = [event.clientX, handle.parentElement?.getBoundingClientRect().width ?? width(column)];
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => resize(column, before + moved.clientX - start);
    const end = () => {
      handle.removeEventListener("pointermove", move);
      keepWidths();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  };
  return <span class="edge" aria-hidden="true" onPointerDown={onPointerDown} />;
}
