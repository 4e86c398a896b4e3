/**
 * Markdown as a tree: blocks and what stands in them, as people write READMEs and notes.
 *
 * Headings, paragraphs, lists with boxes, quotes, fenced and indented code, tables, rules; emphasis, code, links, pictures, bare addresses.
 * HTML is text like any other. A library that knows the rest weighs a tenth of the studio.
 */

export type Inline =
  | { type: "text" | "code"; text: string }
  | { type: "strong" | "em" | "del"; inner: Inline[] }
  | { type: "link"; href: string; inner: Inline[] }
  | { type: "image"; href: string; alt: string; raw: string }
  | { type: "break" };

export interface Item {
  /** Of a task: whether it is done. */
  checked: boolean | null;
  blocks: Block[];
}

export type Align = "left" | "right" | "center" | null;

export type Block =
  | { type: "heading"; depth: number; inner: Inline[] }
  | { type: "paragraph"; inner: Inline[] }
  | { type: "code"; text: string; language: string }
  | { type: "quote"; blocks: Block[] }
  | { type: "list"; start: number | null; tight: boolean; items: Item[] }
  | { type: "table"; align: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { type: "rule" };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const BULLET = /^( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*)|[ \t]*)$/;
const DIVIDER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
/** Quotes and lists in each other, deeper than anybody reads: what is deeper is text. */
const DEPTH = 20;

export function readMarkdown(text: string): Block[] {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"), 0);
}

function blocks(lines: readonly string[], depth: number): Block[] {
  const found: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (!line.trim()) {
      at += 1;
      continue;
    }
    const [block, next] =
      fence(lines, at) ??
      indented(lines, at) ??
      single(lines, at) ??
      (depth < DEPTH ? (quote(lines, at, depth) ?? list(lines, at, depth)) : null) ??
      table(lines, at) ??
      paragraph(lines, at, depth);
    found.push(block);
    at = next;
  }
  return found;
}

type Read = [Block, number] | null;

function fence(lines: readonly string[], at: number): Read {
  const opened = FENCE.exec(lines[at]!);
  if (!opened) return null;
  const mark = opened[1]!;
  const close = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end]!)) end += 1;
  const text = lines.slice(at + 1, end).join("\n");
  return [{ type: "code", text, language: opened[2]!.trim().split(/\s/)[0] ?? "" }, end + 1];
}

function indented(lines: readonly string[], at: number): Read {
  const is = (line: string) => /^(?: {4}|\t)/.test(line);
  if (!is(lines[at]!)) return null;
  let end = at;
  while (end < lines.length && (is(lines[end]!) || !lines[end]!.trim())) end += 1;
  const text = lines.slice(at, end).map((line) => line.replace(/^(?: {4}|\t)/, ""));
  return [{ type: "code", text: text.join("\n").trimEnd(), language: "" }, end];
}

function single(lines: readonly string[], at: number): Read {
  const heading = HEADING.exec(lines[at]!);
  if (heading) return [{ type: "heading", depth: heading[1]!.length, inner: readInline(heading[2] ?? "") }, at + 1];
  return RULE.test(lines[at]!) ? [{ type: "rule" }, at + 1] : null;
}

function quote(lines: readonly string[], at: number, depth: number): Read {
  if (!/^ {0,3}>/.test(lines[at]!)) return null;
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end]!)) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  return [{ type: "quote", blocks: blocks(inner, depth + 1) }, end];
}

function list(lines: readonly string[], at: number, depth: number): Read {
  const first = BULLET.exec(lines[at]!);
  if (!first) return null;
  const ordered = /\d/.test(first[2]!);
  const items: Item[] = [];
  let tight = true;
  let next = at;
  for (let bullet: RegExpExecArray | null = first; bullet && /\d/.test(bullet[2]!) === ordered; ) {
    const width = bullet[1]!.length + bullet[2]!.length + Math.min(bullet[3]?.length ?? 1, 4);
    const inner = [bullet[4] ?? ""];
    next += 1;
    for (; next < lines.length; next += 1) {
      const line = lines[next]!;
      if (!line.trim()) {
        // An empty line belongs to the item if what comes after it does.
        if (indent(lines[next + 1] ?? "") < width || !(lines[next + 1] ?? "").trim()) break;
        tight = false;
        inner.push("");
      } else if (indent(line) >= width) inner.push(line.slice(width));
      else if (begins(line)) break;
      else inner.push(line.trimStart()); // a line that goes on without being moved in
    }
    items.push(item(inner, depth));
    while (next < lines.length && !lines[next]!.trim()) next += 1;
    bullet = next < lines.length && !RULE.test(lines[next]!) ? BULLET.exec(lines[next]!) : null;
  }
  return [{ type: "list", start: ordered ? Number.parseInt(first[2]!, 10) : null, tight, items }, next];
}

function item(inner: string[], depth: number): Item {
  const box = /^\[([ xX])\][ \t]+/.exec(inner[0]!);
  if (box) inner[0] = inner[0]!.slice(box[0].length);
  return { checked: box ? box[1] !== " " : null, blocks: blocks(inner, depth + 1) };
}

function indent(line: string): number {
  return line.length - line.trimStart().length;
}

/** Whether a line begins a block of its own and does not go on with a paragraph. */
function begins(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || /^ {0,3}>/.test(line) || BULLET.test(line);
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function table(lines: readonly string[], at: number): Read {
  const divider = lines[at + 1];
  if (!lines[at]!.includes("|") || divider === undefined || !DIVIDER.test(divider)) return null;
  const head = cells(lines[at]!);
  const marks = cells(divider);
  if (marks.length !== head.length) return null;
  const align = marks.map((mark): Align => {
    const [left, right] = [mark.startsWith(":"), mark.endsWith(":")];
    return left && right ? "center" : right ? "right" : left ? "left" : null;
  });
  const rows: string[][] = [];
  let next = at + 2;
  for (; next < lines.length && lines[next]!.trim() && !begins(lines[next]!); next += 1) {
    const row = cells(lines[next]!);
    rows.push(head.map((_, index) => row[index] ?? ""));
  }
  return [{ type: "table", align, head: head.map(readInline), rows: rows.map((row) => row.map(readInline)) }, next];
}

function paragraph(lines: readonly string[], at: number, depth: number): [Block, number] {
  let end = at + 1;
  for (; end < lines.length && lines[end]!.trim(); end += 1) {
    const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(lines[end]!);
    if (underline) {
      const inner = readInline(lines.slice(at, end).join("\n").trim());
      return [{ type: "heading", depth: underline[1]!.startsWith("=") ? 1 : 2, inner }, end + 1];
    }
    if (depth < DEPTH && begins(lines[end]!)) break;
  }
  const text = lines.slice(at, end).map((line) => line.trimStart());
  return [{ type: "paragraph", inner: readInline(text.join("\n").trimEnd()) }, end];
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** What may begin something; all between is text. Each part looks ahead within its line only, so that reading takes linear time. */
const SPECIAL =
  /\\([!-/:-@[-`{-~])|(`+)([^\n]*?[^`\n])\2(?!`)|(!?)\[((?:[^[\]\\\n]|\\.|\[[^[\]\n]*\])*)\]\(\s*(<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+["'(][^\n]*?["')])?\s*\)|<((?:https?|mailto):[^\s<>]+)>|(\*\*|__)(?=\S)([^\n]*?\S)\8|(?<![\p{L}\p{N}])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}])|\*(?=[^\s*])([^*\n]*[^*\s])\*|~~(?=\S)([^~\n]*[^~\s])~~|&(amp|lt|gt|quot|apos|nbsp);|( {2,}|\\)\n|\bhttps?:\/\/[^\s<>()]*[^\s<>().,;:!?'"]/gu;

export function readInline(text: string): Inline[] {
  const found: Inline[] = [];
  const say = (more: string) => {
    const last = found[found.length - 1];
    if (!more) return;
    if (last?.type === "text") last.text += more;
    else found.push({ type: "text", text: more });
  };
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    say(text.slice(end, match.index));
    const read = special(match);
    if (typeof read === "string") say(read);
    else found.push(read);
    end = match.index + match[0].length;
  }
  say(text.slice(end));
  return found;
}

function special(match: RegExpMatchArray): Inline | string {
  const [raw, escaped, , code, picture, label, target, auto, , strong, emUnder, emStar, del, entity, broken] = match;
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return { type: "code", text: code.replace(/^ (.*) $/, "$1") };
  if (label !== undefined && target !== undefined) {
    const href = target.replace(/^<(.*)>$/, "$1");
    return picture ? { type: "image", href, alt: label, raw } : { type: "link", href, inner: readInline(label) };
  }
  if (auto !== undefined) return { type: "link", href: auto, inner: [{ type: "text", text: auto }] };
  if (strong !== undefined) return { type: "strong", inner: readInline(strong) };
  const em = emUnder ?? emStar;
  if (em !== undefined) return { type: "em", inner: readInline(em) };
  if (del !== undefined) return { type: "del", inner: readInline(del) };
  if (entity !== undefined) return ENTITIES[entity] ?? raw;
  if (broken !== undefined) return { type: "break" };
  return { type: "link", href: raw, inner: [{ type: "text", text: raw }] };
}
