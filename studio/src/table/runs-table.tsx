/** The runs table: a grid of which only the lines that are seen are drawn, however many there are. */
import { type Signal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { language } from "../base/language";
import { FailureNote } from "../ui/failure";
import { attempt } from "../ui/toast";
import { runText, tip } from "./cell";
import { type Column, columnText } from "./column";
import { GroupLine } from "./group-line";
import { Head } from "./head";
import type { Room } from "./room";
import { FIRST_COLUMN, FIRST_ROW, lineId, WaitingLine } from "./row";
import { RunLine } from "./run-line";
import { MAX_HEIGHT, reveal, scrolledBy, span } from "./span";
import "./table.css";
import { type TableHands, useTableKeys } from "./table-keys";
import { template } from "./widths";
import { tableWords } from "./words";

const ROW = 32;
const HEAD = 30;
/** Without a scroll event for so long, nobody scrolls. */
const REST_MS = 150;

interface Props {
  room: Room;
  hands: TableHands;
  /** What is said where there is no run at all, without any condition. */
  empty: ComponentChildren;
}

export function RunsTable({ room, hands, empty }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const seen = useMemo(() => signal<Seen>({ top: 0, height: 600, moves: false }), []);
  const breadth = useMemo(() => signal(0), []);
  const moved = useMoves(seen);
  useViewport(room, grid, seen, breadth);
  const onKeyDown = useTableKeys(room, grid, hands, (line) => {
    const element = grid.current;
    if (!element) return;
    const at = reveal(room.lines, ROW, element.clientHeight - HEAD, element.scrollTop, line);
    if (at !== element.scrollTop) element.scrollTop = at;
  });
  const { columns } = room;
  const state = room.rank.state.value;
  const active = room.active.value;
  const say = tableWords();
  const chosen = columns.value;
  const frame = template(chosen ?? [], room.view.value.group !== null, breadth.value);
  const nothing = !room.view.value.group && state.total === 0 && !state.failure;
  return (
    <div class="runs">
      <div
        ref={grid}
        class="grid"
        role="grid"
        tabIndex={0}
        aria-label={say.table}
        aria-rowcount={room.lines + 1}
        aria-colcount={(chosen?.length ?? 0) + 2}
        aria-multiselectable="true"
        aria-busy={state.total === undefined && !state.failure}
        aria-activedescendant={room.lines ? lineId(active) : undefined}
        style={{ "--columns": frame.columns, "--width": `${frame.width}px` }}
        onScroll={(event) => {
          // Its height is known: asking for it here would have the page laid out once more.
          seen.value = { top: event.currentTarget.scrollTop, height: seen.peek().height, moves: true };
          moved();
        }}
        onKeyDown={onKeyDown}
        onClick={(event) => clicked(event, room)}
        onMouseOver={(event) => {
          const line = lineOf(event.target);
          room.highlighted.value = line === null ? null : (room.rowAt(line)?.run.run_id ?? null);
          tellWhole(event.target, room);
        }}
        onMouseLeave={() => (room.highlighted.value = null)}
      >
        <Head room={room} columns={chosen ?? []} />
        <Lines room={room} seen={seen} columns={chosen ?? []} />
      </div>
      {nothing && <Nothing room={room} empty={empty} />}
      {state.failure && !room.lines && (
        <div class="over">
          <FailureNote failure={state.failure} />
        </div>
      )}
      {(state.fresh !== 0 || room.grouping.moved.value) && (
        <button type="button" class="button primary pill" onClick={() => room.adopt()}>
          {!state.fresh ? say.moved : say.fresh(state.fresh)} ↑
        </button>
      )}
      <span class="unseen" role="status">
        {active >= 0 && spoken(room, active)}
      </span>
    </div>
  );
}

function spoken(room: Room, line: number): string {
  const row = room.rowAt(line);
  return row ? runText(row) : "";
}

function Nothing({ room, empty }: { room: Room; empty: ComponentChildren }) {
  const say = tableWords();
  const { filter, statuses, experiments } = room.view.value;
  const children = room.childrenToo.value;
  if (!filter && !statuses.length && !experiments.length) return <div class="over">{empty}</div>;
  return (
    <div class="over">
      <div class="empty">
        <h2>{say.none}</h2>
        <p>{children ? say.childrenToo(children) : say.noneHint}</p>
        <p>
          {children > 0 && (
            <button type="button" class="button primary" onClick={() => room.change({ flat: true })}>
              {say.showChildren}
            </button>
          )}{" "}
          <button
            type="button"
            class="button"
            onClick={() => room.change({ filter: "", statuses: [], experiments: [] })}
          >
            {say.clearFilter}
          </button>
        </p>
      </div>
    </div>
  );
}

/** What of the body is seen, in pixels. */
interface Seen {
  top: number;
  height: number;
  /** Somebody scrolls just now. */
  moves: boolean;
}

interface LinesProps {
  room: Room;
  seen: Signal<Seen>;
  columns: readonly Column[];
}

/** The lines that are seen. Elements are used again for the lines that come into sight. */
function Lines({ room, seen, columns }: LinesProps) {
  room.rank.version.value;
  const { top, height, moves } = seen.value;
  const lines = room.lines;
  const pool = Math.ceil(height / ROW) + 9;
  const { first: seenFirst, top: seenTop, height: whole } = span(lines, ROW, height, top);
  // Always as many as there are elements, so that none has to be made or thrown away while scrolling.
  const first = Math.max(0, Math.min(seenFirst, lines - pool));
  const last = Math.min(lines, first + pool);
  const start = seenTop - (seenFirst - first) * ROW;
  // Where the body is stretched, all lines move by the same: only what holds them is moved, and they are drawn as they were.
  const base = lines * ROW > MAX_HEIGHT ? first - (first % 1_000) : 0;
  const shift = Math.round((start - (first - base) * ROW) * 100) / 100;
  useEffect(() => room.wantLines(first, last), [room, room.needs(first, last), lines]);
  const waiting = room.rank.state.value.total === undefined && !room.rank.state.value.failure && lines === 0;
  const sorted = columnText(room.view.value.sort.column);
  const selected = room.choice.ids.value;
  const inkOf = room.eyes.inkOf.value;
  const light = room.highlighted.value;
  const active = room.active.value;
  const drawn: ComponentChildren[] = [];
  // Elements stand in the order of their lines, as they are read out. While they move they stay where they are in the
  // document, and only look as if they did: to put them in order costs a third of a frame.
  const turn = moves ? first - (first % pool) : first;
  for (let at = turn; at < turn + pool; at += 1) {
    const line = at < first ? at + pool : at;
    if (line >= last) continue;
    const frame = { line, top: (line - base) * ROW, columns, active: line === active };
    const found = room.line(line);
    if (found.kind === "run") {
      const id = found.row.run.run_id;
      drawn.push(
        <RunLine
          key={line % pool}
          {...frame}
          row={found.row}
          below={found.below}
          selected={selected.has(id)}
          ink={inkOf.get(id)}
          nameId={`run-name-${line % pool}`}
          light={light === id}
          open={room.canFold(line) ? room.isOpen(line) : null}
          sorted={sorted}
          language={language.value}
        />,
      );
    } else if (found.kind === "group") {
      const group = room.grouping.groups.value[found.index];
      if (group)
        drawn.push(
          <GroupLine
            key={line % pool}
            {...frame}
            group={group}
            by={room.view.value.group}
            aggregate={room.view.value.aggregate}
            open={room.isOpen(line)}
            ink={room.eyes.groupInks.value.get(group.id)}
            language={language.value}
          />,
        );
    } else drawn.push(<WaitingLine key={line % pool} {...frame} deleted={found.kind === "deleted"} />);
  }
  if (waiting)
    for (let line = 0; line < Math.min(8, height / ROW); line += 1)
      drawn.push(
        <WaitingLine
          key={`waiting ${line}`}
          line={line}
          top={line * ROW}
          columns={columns}
          active={false}
          deleted={false}
        />,
      );
  return (
    <div class="lines" role="presentation" style={{ height: `${Math.max(whole, 1)}px` }}>
      <div role="rowgroup" style={{ transform: shift ? `translateY(${shift}px)` : "none" }}>
        {drawn}
      </div>
    </div>
  );
}

/** To be called with each move: a while after the last one, nobody scrolls. One timer waits for all of them. */
function useMoves(seen: Signal<Seen>): () => void {
  const last = useRef(0);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = () => {
    const left = last.current + REST_MS - performance.now();
    timer.current = left > 0 ? window.setTimeout(look, left) : 0;
    if (left <= 0) seen.value = { ...seen.peek(), moves: false };
  };
  return () => {
    last.current = performance.now();
    timer.current ||= window.setTimeout(look, REST_MS);
  };
}

/** Follows the size and the place of what is seen; where rows are higher than a browser scrolls, the wheel still moves by rows. */
function useViewport(
  room: Room,
  grid: { current: HTMLDivElement | null },
  seen: Signal<Seen>,
  breadth: Signal<number>,
): void {
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    const measure = () => {
      seen.value = { ...seen.peek(), top: element.scrollTop, height: element.clientHeight - HEAD };
      breadth.value = element.clientWidth;
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    const wheel = (event: WheelEvent) => {
      const view = element.clientHeight - HEAD;
      const to = scrolledBy(room.lines, ROW, view, element.scrollTop, event.deltaY);
      if (event.ctrlKey || !event.deltaY || Math.abs(to - element.scrollTop - event.deltaY) < 0.5) return;
      event.preventDefault();
      element.scrollTop = to;
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watcher.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [room]);
  // Another order begins at its first row.
  const order = room.rank.id;
  useEffect(() => {
    if (grid.current && room.takeBegin()) grid.current.scrollTop = 0;
  }, [room, order]);
}

function lineOf(target: EventTarget | null): number | null {
  const row = (target as Element | null)?.closest?.(".row");
  return row ? Number(row.getAttribute("aria-rowindex")) - FIRST_ROW : null;
}

/** What is cut or rounded is told as a whole under the pointer; to do so for each line in sight would slow scrolling. */
function tellWhole(target: EventTarget | null, room: Room): void {
  const cell = (target as Element | null)?.closest?.<HTMLElement>(".row > [role=gridcell]");
  const line = lineOf(cell ?? null);
  const row = line === null ? null : room.rowAt(line);
  if (!cell || !row) return;
  const name = cell.querySelector<HTMLElement>("a.strong");
  if (name) name.title = name.scrollWidth > name.clientWidth ? (name.textContent ?? "") : "";
  const column = room.columns.peek()?.[Number(cell.getAttribute("aria-colindex")) - FIRST_COLUMN];
  if (column) cell.title = tip(row, column);
}

function clicked(event: MouseEvent, room: Room): void {
  const target = event.target as Element;
  const line = lineOf(target);
  if (line === null || target.closest("a")) return;
  room.active.value = line;
  const what = target.closest<HTMLElement>("[data-do]")?.dataset.do;
  const row = room.rowAt(line);
  if (what === "fold" || room.line(line).kind === "group") attempt(() => room.fold(line));
  else if (what === "eye" && row) room.eyes.toggle(row);
  else if (event.shiftKey) room.extendTo(line);
  // A text that was marked with the mouse was not a click.
  else if (what === "select" || !getSelection()?.toString()) room.toggle(line);
}
