/** The words of a filter (docs/query.md): which parts of a text are what, and what may be meant where somebody types. */

export type WordKind = "field" | "word" | "operator" | "text" | "number" | "space" | "other";

export interface Word {
  kind: WordKind;
  text: string;
  at: number;
}

/** Fields that every run has, with those that lead to names. */
export const FIELDS = [
  "status",
  "name",
  "experiment",
  "created",
  "started",
  "ended",
  "duration",
  "metrics.",
  "params.",
  "tags.",
  "properties.",
  "target",
  "type",
  "user",
  "host",
  "id",
  "number",
  "parent",
  "root",
  "archived",
] as const;
const STATS = ["last", "min", "max", "mean", "first", "count"] as const;
const WORDS = new Set(["and", "or", "not", "in", "true", "false", "now"]);

const PARTS: readonly [WordKind, RegExp][] = [
  ["space", /\s+/y],
  ["text", /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/y],
  ["operator", /==|!=|<=|>=|[=<>~]/y],
  ["other", /[(),[\].]/y],
  ["word", /[^\s"'=!<>~(),[\]]+/y],
  ["other", /./suy],
];

const NUMBER = /^[+-]?(\d[\d.]*(e[+-]?\d+)?|inf|\d{4}-\d\d-\d\d\S*|(\d+(\.\d+)?[wdhms])+)$/i;
const OWN = new Set(FIELDS.map((each) => each.replace(".", "")));

/** A text in its parts; put together they are the text again. */
export function words(text: string): Word[] {
  const found: Word[] = [];
  let at = 0;
  while (at < text.length) {
    for (const [kind, pattern] of PARTS) {
      pattern.lastIndex = at;
      const part = pattern.exec(text)?.[0];
      if (part === undefined) continue;
      found.push({ kind: kind === "word" ? wordKind(part, found) : kind, text: part, at });
      at += part.length;
      break;
    }
  }
  return found;
}

function wordKind(part: string, before: readonly Word[]): WordKind {
  const last = before.filter((word) => word.kind !== "space").at(-1);
  const value = last?.kind === "operator" || (last?.text === "," && before.some((word) => word.text === "in"));
  if (NUMBER.test(part)) return "number";
  if (value) return "text";
  if (WORDS.has(part.toLowerCase())) return "word";
  return OWN.has(part.split(".", 1)[0]!) || last?.text === "." || last?.text === "]" ? "field" : "other";
}

/** What may come where somebody types: the part to put it in the place of, and names to search for on the server. */
export interface Wanted {
  from: number;
  to: number;
  typed: string;
  fields: readonly string[];
  names?: { kind: "metric" | "param" | "tag" | "property"; search: string };
}

const LEADS = { metrics: "metric", params: "param", tags: "tag", properties: "property" } as const;

export function wanted(text: string, caret: number): Wanted | null {
  const before = words(text.slice(0, caret));
  const start = [...before].reverse().findIndex((word) => !/^[\w./[\]"'-]/.test(word.text) || word.kind === "space");
  const part = start < 0 ? before : before.slice(before.length - start);
  const from = part[0]?.at ?? caret;
  const typed = text.slice(from, caret);
  const last = before.filter((word) => word.kind !== "space" && word.at < from).at(-1);
  if (last && (last.kind === "operator" || last.text === ",")) return null;
  const lead = /^(metrics|params|tags|properties)\.(.*)$/s.exec(typed);
  if (lead) {
    const kind = LEADS[lead[1] as keyof typeof LEADS];
    const rest = lead[2]!;
    const stat = kind === "metric" ? /^(.+)\.([a-z]*)$/.exec(rest) : null;
    if (stat && STATS.some((each) => each.startsWith(stat[2]!)))
      return { from, to: caret, typed, fields: STATS.map((each) => `metrics.${stat[1]}.${each}`) };
    return { from, to: caret, typed, fields: [], names: { kind, search: rest.replace(/^["']|["']$/g, "") } };
  }
  // Behind a field that is whole, and at once behind a word, nothing is meant yet.
  if (last?.kind === "field" && from === caret) return null;
  return { from, to: caret, typed, fields: FIELDS.filter((each) => each.startsWith(typed.toLowerCase())) };
}

/** A name as the language takes it after `metrics.` and the like. */
export function written(kind: "metric" | "param" | "tag" | "property", name: string, column = ""): string {
  const own = /^[\p{L}\p{N}_/][\p{L}\p{N}_/-]*$/u;
  const whole = kind === "metric" ? own.test(name) : name.split(".").every((part) => own.test(part));
  const text = whole ? name : JSON.stringify(name);
  if (kind !== "metric") return `${kind === "property" ? "properties" : `${kind}s`}.${text}`;
  if (!column || column === "value") return `metrics.${text}`;
  return `metrics.${text}[${own.test(column) ? column : JSON.stringify(column)}]`;
}
