/** Many rows of one height, of which only those seen are drawn; the window stays while its rows change, so that no edge ever shows. */
import type { ComponentChildren, ComponentProps, RefObject } from "preact";
import { useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import "./rows.css";
import { bodyHeight, drawn, isExact, placeOf, reveal, scrollOf, type Track, within } from "./track";

export interface RowsHandle {
  /** Scroll as little as it takes to see a row. */
  reveal: (row: number) => void;
  focus: () => void;
  /** How many rows are seen. */
  page: () => number;
}

interface Props {
  count: number;
  rowHeight: number;
  children: (row: number) => ComponentChildren;
  /** What stands above the rows and stays there, as wide as they are. */
  head?: ComponentChildren;
  /** How wide the rows are at least, in a length of CSS. */
  width?: string;
  class?: string;
  handle?: RefObject<RowsHandle | null>;
  /** Told which rows are drawn. */
  onDrawn?: (first: number, end: number) => void;
  /** Attributes of what scrolls: its role, its name, its keys. */
  attributes?: ComponentProps<"div">;
  /** The height of the head. */
  headHeight?: number;
}

export function Rows(props: Props) {
  const { count, rowHeight, children, head, width, handle, onDrawn, attributes = {}, headHeight = 0 } = props;
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(0);
  const [at, setAt] = useState(0);
  const place = useRef(0);
  const set = useRef(-1);
  const track: Track = { rows: count, rowHeight, seen: Math.max(0, seen - headHeight) };
  const latest = useRef(track);
  latest.current = track;

  const move = (to: number) => {
    place.current = within(latest.current, to);
    setAt(place.current);
  };

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSeen(element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const onWheel = (event: WheelEvent) => {
      if (isExact(latest.current) || event.ctrlKey || event.shiftKey || !event.deltaY) return;
      event.preventDefault();
      move(place.current + event.deltaY / rowHeight);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener("wheel", onWheel);
    };
  }, [rowHeight]);

  useImperativeHandle(
    handle ?? null,
    () => ({
      reveal: (row) => move(reveal(latest.current, place.current, row)),
      focus: () => box.current?.focus({ preventScroll: true }),
      page: () => Math.max(1, Math.floor(latest.current.seen / rowHeight) - 1),
    }),
    [rowHeight],
  );

  const here = within(track, at);
  const [first, end] = drawn(track, here);
  useLayoutEffect(() => {
    const element = box.current!;
    const wanted = scrollOf(track, here);
    if (Math.abs(element.scrollTop - wanted) > 1) {
      element.scrollTop = wanted;
      set.current = element.scrollTop;
    }
    onDrawn?.(first, end);
  });

  const rows: ComponentChildren[] = [];
  for (let row = first; row < end; row += 1) rows.push(children(row));
  return (
    <div
      {...attributes}
      ref={box}
      class={`rows ${props.class ?? ""}`}
      onScroll={() => {
        const { scrollTop } = box.current!;
        if (Math.abs(scrollTop - set.current) >= 1) move(placeOf(latest.current, scrollTop));
        set.current = -1;
      }}
    >
      <div
        class="rows-body"
        role="presentation"
        style={{ height: `${bodyHeight(track) + headHeight}px`, minWidth: width ?? "100%" }}
      >
        {head}
        <div class="rows-window" role="presentation" style={{ height: `${track.seen}px`, top: `${headHeight}px` }}>
          <div role="presentation" style={{ transform: `translateY(${-(here - first) * rowHeight}px)` }}>
            {rows}
          </div>
        </div>
      </div>
    </div>
  );
}
