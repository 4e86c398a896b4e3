/** The times beside the lines of a log: calm, since a second is written once. */
import { clock, instant } from "../../base/number";
import { logWords } from "./words";

/** When a line was seen, in seconds since 1970; null where nobody knows. */
export type Seen = number | null;

/** What is written beside a line: nothing where the line above, as it is drawn, was seen in the same second. */
export function timeBeside(at: Seen, above: Seen): string {
  return at === null || (above !== null && Math.floor(at) === Math.floor(above)) ? "" : clock(at);
}

/** Whether a day has begun since the line above, where the reader is. */
export function isOtherDay(at: Seen, above: Seen): boolean {
  const dayOf = (seen: number) => new Date(seen * 1000).toDateString();
  return at !== null && above !== null && dayOf(at) !== dayOf(above);
}

export function Time({ at, above }: { at: Seen; above: Seen }) {
  const other = isOtherDay(at, above);
  const title = at === null ? undefined : logWords().seen(instant(at), other);
  return (
    <span class={other ? "log-time other-day" : "log-time"} title={title}>
      {timeBeside(at, above)}
    </span>
  );
}
