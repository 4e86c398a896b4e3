/** Where one is in a list of rows: the exact place leads, and the scroll bar, which no browser lets grow without end, follows. */

/** What Firefox and Chromium both scroll without losing pixels. */
export const MOST_HEIGHT = 8_000_000;

/** So many rows of one height, looked at through a window. */
export interface Track {
  rows: number;
  rowHeight: number;
  /** The height of the window, in pixels. */
  seen: number;
}

/** The height of the scrolled body. */
export function bodyHeight({ rows, rowHeight }: Track): number {
  return Math.min(rows * rowHeight, MOST_HEIGHT);
}

/** Whether a pixel of the scroll bar is a pixel of the rows, so that the browser may scroll by itself. */
export function isExact({ rows, rowHeight }: Track): boolean {
  return rows * rowHeight <= MOST_HEIGHT;
}

/** The last place: the row, with its fraction, at the upper edge when the end is at the lower one. */
export function lastPlace({ rows, rowHeight, seen }: Track): number {
  return Math.max(0, rows - seen / rowHeight);
}

/** A place within the list. */
export function within(track: Track, at: number): number {
  return Math.max(0, Math.min(at, lastPlace(track)));
}

/** The scroll position that shows a place. */
export function scrollOf(track: Track, at: number): number {
  const last = lastPlace(track);
  const range = Math.max(0, bodyHeight(track) - track.seen);
  return last > 0 ? Math.round((within(track, at) / last) * range) : 0;
}

/** The place that a scroll position shows. */
export function placeOf(track: Track, scrollTop: number): number {
  const range = bodyHeight(track) - track.seen;
  return range > 0 ? within(track, (scrollTop / range) * lastPlace(track)) : 0;
}

/** The rows to draw at a place: the first, and the one behind the last. */
export function drawn(track: Track, at: number): [first: number, end: number] {
  const first = Math.floor(within(track, at));
  return [first, Math.min(track.rows, first + Math.ceil(track.seen / track.rowHeight) + 1)];
}

/** The place nearest to the present one at which a row is seen whole. */
export function reveal(track: Track, at: number, row: number): number {
  const whole = track.seen / track.rowHeight;
  if (row < at) return within(track, row);
  return row + 1 > at + whole ? within(track, row + 1 - whole) : at;
}
