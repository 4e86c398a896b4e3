/** One line of a log: its number, and its text with colours, links and matches. */

import { marked, type Piece, pieces } from "./ansi";
import { Text } from "./ansi-text";
import type { LogLine } from "./book";
import { type Seen, Time } from "./gutter";
import type { LogMatch } from "./matches";
import { memo } from "./memo";
import { logWords } from "./words";

/** Characters of a line that are drawn before somebody asks for more: no screen shows as many. */
export const SHOWN = 8_000;

interface Props {
  number: number;
  line: LogLine | undefined;
  linkTo: (line: number) => string;
  marked: boolean;
  cursor: boolean;
  /** When it was seen, and the line above; undefined if no times are shown. */
  at: Seen | undefined;
  above: Seen;
  matches: readonly LogMatch[];
  current: LogMatch | null;
  /** All that is known of a line that was unfolded, else undefined. */
  whole: string | undefined;
  onMore: (line: LogLine) => void;
}

const NONE: readonly Piece[] = [];
const parsed = new WeakMap<LogLine, readonly Piece[]>();

function piecesOf(line: LogLine | undefined, whole: string | undefined): readonly Piece[] {
  if (!line) return NONE;
  if (whole !== undefined) return pieces(whole);
  let found = parsed.get(line);
  if (!found) {
    found = pieces(line.text.length > SHOWN ? line.text.slice(0, SHOWN) : line.text);
    parsed.set(line, found);
  }
  return found;
}

export const Line = memo(function Line(props: Props) {
  const { number, line, matches, current, whole, onMore } = props;
  const spans = matches.map((each) => [each.column, each.end_column] as const);
  const parts = marked(piecesOf(line, whole), spans);
  const length = line ? (whole?.length ?? Math.min(line.text.length, SHOWN)) : 0;
  const left = line ? (line.cut ? line.size_bytes - length : line.text.length - length) : 0;
  return (
    <div class={`log-line${props.marked ? " marked" : ""}${props.cursor ? " cursor" : ""}`} data-line={number}>
      <a class="log-number" href={props.linkTo(number)} tabIndex={-1} title={logWords().line(number + 1)}>
        {number + 1}
      </a>
      {props.at !== undefined && <Time at={props.at} above={props.above} />}
      <span class="log-text">
        {parts.map((part, index) =>
          part.mark < 0 ? (
            <Text key={index} piece={part} />
          ) : (
            <mark key={index} class={matches[part.mark]!.column === current?.column ? "now" : undefined}>
              <Text piece={part} />
            </mark>
          ),
        )}
        {line && left > 0 && (
          <button type="button" class="log-more" onClick={() => onMore(line)}>
            {logWords().moreOfLine(left)}
          </button>
        )}
        {"\n"}
      </span>
    </div>
  );
});
