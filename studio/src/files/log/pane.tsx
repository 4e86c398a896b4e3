/** What is seen of a log: a window over lines of which only those near are drawn; it moves exactly as far as one scrolls. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { bodyHeight, isExact, lastPlace, placeOf, scrollOf } from "../track";
import { plain } from "./ansi";
import type { LogLine } from "./book";
import { Line, SHOWN } from "./line";
import type { LogMatch } from "./matches";
import { ROW, type Scene } from "./scene";
import { logWords } from "./words";

interface Props {
  scene: Scene;
  scroller: RefObject<HTMLDivElement | null>;
  linkTo: (line: number) => string;
  onMark: (line: number, extending: boolean) => void;
}

const NO_MATCHES: readonly LogMatch[] = [];

export function Pane({ scene, scroller, linkTo, onMark }: Props) {
  const say = logWords();
  const rows = useRef<HTMLDivElement>(null);
  const set = useRef(-1);
  /** Where the scroll bar stands: to ask the browser would have it lay out the page for each line that comes. */
  const bar = useRef(0);
  const [widest, setWidest] = useState(0);
  const [unfolded, unfold] = useState<ReadonlyMap<number, string>>(new Map());
  const { book } = scene;
  book.changed.value;
  const matches = scene.matches.value;
  matches?.changed.value;
  const current = matches?.current.value ?? null;
  const count = book.state.value?.lines ?? 0;
  const [first, end] = scene.span();
  const wrap = scene.wrap.value;
  const timed = scene.times.value && book.timed.value;
  const seenAt = (line: number) => book.line(line)?.at ?? null;
  const [from, to] = scene.marks.value ?? [-1, -1];
  const cursor = scene.cursor.value;
  const track = { rows: count, rowHeight: ROW, seen: scene.seen.value };

  useWindow(scene, scroller);
  useWheel(scene, scroller, rows);

  useLayoutEffect(() => {
    const pane = rows.current;
    const box = scroller.current;
    if (!pane || !box) return;
    const offset = offsetOf(scene, pane, first, wrap);
    pane.style.transform = `translateY(${-offset}px)`;
    // The end stands whole at the lower edge; what of a line is left at the upper one is hidden, so that none is cut.
    pane.style.clipPath = scene.atEnd.peek() ? `inset(${Math.ceil(offset / ROW) * ROW}px 0 0)` : "";
    const range = Math.max(0, bodyHeight(track) - track.seen);
    const wanted = scene.atEnd.peek() ? range : Math.min(scrollOf(track, scene.at.peek()), range);
    if (Math.abs(bar.current - wanted) >= 1) {
      box.scrollTop = wanted;
      bar.current = set.current = box.scrollTop;
    }
    if (!wrap) {
      let most = widest;
      for (let line = first; line < end; line += 1)
        most = Math.max(most, lengthOf(book.line(line), unfolded.get(line)));
      if (most > widest) setWidest(most);
    }
  });

  const onScroll = () => {
    const box = scroller.current!;
    bar.current = box.scrollTop;
    if (Math.abs(box.scrollTop - set.current) < 1) {
      set.current = -1;
      return;
    }
    const range = box.scrollHeight - box.clientHeight;
    scene.move(placeOf(track, box.scrollTop), box.scrollTop >= range - 1);
  };

  const onMore = async (line: LogLine) => {
    const shown = unfolded.get(line.number);
    if (shown === undefined) return unfold(new Map(unfolded).set(line.number, line.text));
    const bytes = new TextEncoder().encode(shown).length;
    const rest = await book.rest(line.offset + bytes);
    if (rest?.number === line.number) unfold(new Map(unfolded).set(line.number, shown + rest.text));
  };

  const numbers = Math.max(3, String(count).length);
  const drawn: number[] = [];
  for (let line = first; line < end; line += 1) drawn.push(line);
  return (
    <div
      ref={scroller}
      class={`log${wrap ? " wrapped" : ""}${timed ? " timed" : ""}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has a cursor
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={say.log(book.path)}
      style={{ "--numbers": `${numbers}ch`, "--widest": `${widest}ch` }}
      onScroll={onScroll}
      onKeyDown={(event) => onKey(scene, event)}
      onMouseDown={(event) => {
        const line = lineOf(event.target);
        if (line !== null && !event.shiftKey) scene.cursor.value = line;
      }}
      onClick={(event) => {
        const line = lineOf(event.target);
        if (line === null || !(event.target as Element).closest(".log-number")) return;
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        onMark(line, event.shiftKey);
      }}
    >
      <div class="log-body" style={{ height: `${bodyHeight(track)}px` }}>
        <div class="log-window" style={{ height: `${track.seen}px` }}>
          <div ref={rows} class="log-rows">
            {drawn.map((line) => (
              <Line
                key={line}
                number={line}
                line={book.line(line)}
                linkTo={linkTo}
                marked={line >= from && line <= to}
                cursor={line === cursor}
                at={timed ? seenAt(line) : undefined}
                above={timed && line > first ? seenAt(line - 1) : null}
                matches={matches?.spans(line) ?? NO_MATCHES}
                current={current?.line === line ? current : null}
                whole={unfolded.get(line)}
                onMore={onMore}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

const lengths = new WeakMap<LogLine, number>();

/** How many characters wide a line is drawn. */
function lengthOf(line: LogLine | undefined, whole: string | undefined): number {
  if (!line) return 0;
  if (whole !== undefined) return plain(whole).length;
  let found = lengths.get(line);
  if (found === undefined) {
    found = plain(line.text.slice(0, SHOWN)).length;
    lengths.set(line, found);
  }
  return found;
}

function lineOf(target: EventTarget | null): number | null {
  const row = (target as Element | null)?.closest?.<HTMLElement>("[data-line]");
  return row ? Number(row.dataset.line) : null;
}

/** How far the drawn rows stand above the window's upper edge. Only wrapped lines have to be measured. */
function offsetOf(scene: Scene, pane: HTMLElement, first: number, wrap: boolean): number {
  if (scene.atEnd.peek()) {
    const height = wrap ? pane.offsetHeight : pane.childElementCount * ROW;
    return Math.max(0, height - scene.seen.peek());
  }
  const at = scene.at.peek();
  if (!wrap) return (at - first) * ROW;
  const row = pane.children[Math.floor(at) - first] as HTMLElement | undefined;
  return row ? row.offsetTop + (at % 1) * row.offsetHeight : 0;
}

/** Know how much is seen. */
function useWindow(scene: Scene, scroller: RefObject<HTMLDivElement | null>): void {
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const measure = () => {
      scene.seen.value = box.clientHeight;
      scene.want();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [scene]);
}

/** Where the browser cannot scroll by itself - too many lines, or lines of many heights - the wheel moves the lines. */
function useWheel(
  scene: Scene,
  scroller: RefObject<HTMLDivElement | null>,
  rows: RefObject<HTMLDivElement | null>,
): void {
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.shiftKey || !event.deltaY || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      if (!scene.wrap.peek() && isExact(scene.track)) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? ROW : event.deltaMode === 2 ? scene.seen.peek() : 1;
      moveBy(scene, rows.current!, event.deltaY * unit);
    };
    box.addEventListener("wheel", onWheel, { passive: false });
    return () => box.removeEventListener("wheel", onWheel);
  }, [scene]);
}

/** Move by so many pixels of what is drawn. */
export function moveBy(scene: Scene, pane: HTMLElement, by: number): void {
  if (!scene.wrap.peek()) {
    scene.moveRows(scene.place() + by / ROW);
    return;
  }
  const children = pane.children as HTMLCollectionOf<HTMLElement>;
  const shift = -new DOMMatrixReadOnly(getComputedStyle(pane).transform).m42;
  const last = children[children.length - 1];
  const seen = scene.seen.peek();
  const endDrawn = Number(last?.dataset.line) === scene.book.lines - 1;
  if (by > 0 && endDrawn && pane.offsetHeight - shift - by <= seen) {
    scene.move(lastPlace(scene.track), true);
    return;
  }
  const wanted = shift + by;
  let place = Number(children[0]?.dataset.line ?? 0) + Math.min(0, wanted) / ROW;
  for (const row of children) {
    if (row.offsetTop > wanted) break;
    const within = Math.min(1, (wanted - row.offsetTop) / row.offsetHeight);
    place = Number(row.dataset.line) + within;
  }
  if (pane.offsetHeight > seen || by < 0) scene.move(place);
}

function onKey(scene: Scene, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.max(1, Math.floor(scene.seen.peek() / ROW) - 1);
  const cursor = scene.cursor.peek();
  const to = { ArrowDown: cursor + 1, ArrowUp: cursor - 1, PageDown: cursor + page, PageUp: cursor - page }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    scene.moveCursor(to, event.shiftKey);
  }
}
