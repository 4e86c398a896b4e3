/** Text of a log with the colours and links of its control sequences. */
import { type Piece, pieces } from "./ansi";

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

export function Text({ piece }: { piece: Piece }) {
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
