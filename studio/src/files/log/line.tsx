/** One line of a log: its number, and its text with colours, links and matches. */

import type { Piece } from "./ansi";
import { marked, pieces } from "./ansi";
import type { LogLine } from "./book";
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

function classOf(piece: Piece): string | undefined {
  const names: string[] = [];
  if (typeof piece.ink === "number") names.push(`ink-${piece.ink}`);
  if (typeof piece.ground === "number") names.push(`ground-${piece.ground}`);
  for (const name of ["bold", "faint", "italic", "underline", "inverse", "struck"] as const)
    if (piece[name]) names.push(`is-${name}`);
  return names.length ? names.join(" ") : undefined;
}

function styleOf(piece: Piece): Record<string, string> | undefined {
  const style: Record<string, string> = {};
  if (typeof piece.ink === "string") style["--ink"] = piece.ink;
  if (typeof piece.ground === "string") style["--ground"] = piece.ground;
  return piece.ink !== undefined || piece.ground !== undefined ? style : undefined;
}

function Text({ piece }: { piece: Piece }) {
  const names = classOf(piece);
  const style = styleOf(piece);
  if (piece.href)
    return (
      <a class={names ?? "link"} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" style={style}>
        {piece.text}
      </a>
    );
  if (!names && !style) return <>{piece.text}</>;
  const own = style && Object.keys(style).length ? " own" : "";
  return (
    <span class={`${names ?? ""}${own}`} style={style}>
      {piece.text}
    </span>
  );
}

/** A text of several lines with the colours of its control sequences. */
export function Ansi({ text }: { text: string }) {
  return (
    <>
      {text.split("\n").map((line, index) => (
        <span key={index}>
          {index > 0 && "\n"}
          {pieces(line.endsWith("\r") ? line.slice(0, -1) : line).map((piece, place) => (
            <Text key={place} piece={piece} />
          ))}
        </span>
      ))}
    </>
  );
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
