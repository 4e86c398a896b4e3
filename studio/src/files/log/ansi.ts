/** Control sequences in a line: colours and links become spans of text, all others are left out, and nothing is ever run. */

export interface Style {
  /** A colour of the palette (0 to 15), or red, green and blue as `#rrggbb`. */
  ink?: number | string;
  ground?: number | string;
  bold?: boolean;
  faint?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
  struck?: boolean;
}

export interface Piece extends Style {
  text: string;
  /** Where the text leads; http and https alone. */
  href?: string;
}

/** One sequence, as `runwatch.store.log.plain` knows them, so that columns of matches count the same characters. */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /(?:\x1b\[|\x9b)([0-?]{0,256})[ -/]{0,16}([@-~])|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])([^\x00-\x08\x0a-\x1f\x7f-\x9f]{0,4096})(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,16}[0-~]/g;

/** What prints nothing but steers: controls, formats such as marks of direction, lone surrogates, separators. Tabs and joiners are text. */
const STEERING = /(?!\t|\u200c|\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const PRINTABLE = /^[ -~]*$/;

const LEVELS = [0, 95, 135, 175, 215, 255];

function hex(red: number, green: number, blue: number): string {
  return `#${[red, green, blue]
    .map((each) =>
      Math.max(0, Math.min(255, each | 0))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** One of the 256 colours. */
export function indexed(index: number): number | string | undefined {
  if (!(index >= 0 && index <= 255)) return undefined;
  if (index < 16) return index;
  if (index >= 232) return hex(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const cube = index - 16;
  return hex(LEVELS[Math.floor(cube / 36)]!, LEVELS[Math.floor(cube / 6) % 6]!, LEVELS[cube % 6]!);
}

/** The colour that follows a 38 or 48, and how many parameters it took. */
function extended(codes: readonly number[], at: number): [colour: number | string | undefined, taken: number] {
  if (codes[at] === 5) return [indexed(codes[at + 1] ?? -1), 2];
  if (codes[at] === 2) return [hex(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  return [undefined, 0];
}

const SWITCHES: Record<number, keyof Style> = {
  1: "bold",
  2: "faint",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "struck",
};
const OFF: Record<number, readonly (keyof Style)[]> = {
  22: ["bold", "faint"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["struck"],
  39: ["ink"],
  49: ["ground"],
};

/** The style after the parameters of `ESC [ … m`. */
export function styled(before: Style, parameters: string): Style {
  const codes = parameters.replaceAll("::", ":").split(/[;:]/).map(Number);
  let style: Style = { ...before };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    if (code === 0) style = {};
    else if (SWITCHES[code]) style = { ...style, [SWITCHES[code]]: true };
    else if (OFF[code]) for (const name of OFF[code]) delete style[name];
    else if (code === 38 || code === 48) {
      const [colour, taken] = extended(codes, at + 1);
      if (colour !== undefined) style[code === 38 ? "ink" : "ground"] = colour;
      at += taken;
    } else if (code >= 30 && code <= 37) style.ink = code - 30;
    else if (code >= 40 && code <= 47) style.ground = code - 40;
    else if (code >= 90 && code <= 97) style.ink = code - 82;
    else if (code >= 100 && code <= 107) style.ground = code - 92;
  }
  return style;
}

/** The address of a link of a text, if it is one that may be followed. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function linkOf(command: string): string | undefined | null {
  const found = /^8;[^;]*;(.*)$/.exec(command);
  return found ? (found[1] ? safeHref(found[1]) : undefined) : null;
}

/** A character that steers, written out. */
function written(char: string): string {
  const code = char.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

function visible(text: string): string {
  return PRINTABLE.test(text) ? text : text.replace(STEERING, (char) => (char === "\r" ? "\\r" : written(char)));
}

/** A line as pieces of one style each; together they are `plain(line)`. */
export function pieces(line: string): Piece[] {
  if (PRINTABLE.test(line)) return line ? [{ text: line }] : [];
  const found: Piece[] = [];
  let style: Style = {};
  let href: string | undefined;
  let from = 0;
  const add = (to: number) => {
    if (to > from) found.push({ text: visible(line.slice(from, to)), ...style, ...(href ? { href } : {}) });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, match[1] ?? "");
    else if (match[3] !== undefined) {
      const link = linkOf(match[3]);
      if (link !== null) href = link;
    }
  }
  add(line.length);
  return found;
}

/** A line without its control sequences: what is searched and copied. */
export function plain(line: string): string {
  return PRINTABLE.test(line) ? line : visible(line.replace(SEQUENCE, ""));
}

export interface Marked extends Piece {
  /** Which of the spans it lies in, or -1. */
  mark: number;
}

/** Pieces cut at spans of columns, which count code points and do not overlap. */
export function marked(line: readonly Piece[], spans: readonly (readonly [from: number, to: number])[]): Marked[] {
  if (!spans.length) return line.map((piece) => ({ ...piece, mark: -1 }));
  const found: Marked[] = [];
  let column = 0;
  let next = 0;
  for (const piece of line) {
    const chars = Array.from(piece.text);
    let at = 0;
    while (at < chars.length) {
      while (next < spans.length && spans[next]![1] <= column + at) next += 1;
      const [from, to] = spans[next] ?? [Number.POSITIVE_INFINITY, 0];
      const inside = from <= column + at;
      const end = Math.min(chars.length, (inside ? to : from) - column);
      found.push({ ...piece, text: chars.slice(at, end).join(""), mark: inside ? next : -1 });
      at = end;
    }
    column += chars.length;
  }
  return found;
}
