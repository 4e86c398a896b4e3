/**
 * Colours of source code: each line as pieces of text with the kind of word that they are.
 *
 * A language is a list of patterns, tried in order where the last one ended. That is enough to see comments, texts, numbers and
 * words of the language; libraries that know more weigh a tenth of the studio.
 */
import { bare, type Word } from "./line";

type Rule = readonly [kind: string, pattern: RegExp];

const NUMBER: Rule = ["number", /\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?j?)\b/];
const DOUBLE: Rule = ["string", /"(?:\\.|[^"\\\n])*"?/];
const SINGLE: Rule = ["string", /'(?:\\.|[^'\\\n])*'?/];
const HASH: Rule = ["comment", /#.*/];
const words = (kind: string, text: string): Rule => [kind, new RegExp(`\\b(?:${text.split(" ").join("|")})\\b`)];
const NAME: Rule = ["", /[\p{L}_$][\p{L}\p{N}_$]*/u];

const PYTHON: readonly Rule[] = [
  HASH,
  ["string", /(?:[rbfuRBFU]{1,2})?"""[\s\S]*?(?:"""|$(?![\s\S]))/],
  ["string", /(?:[rbfuRBFU]{1,2})?'''[\s\S]*?(?:'''|$(?![\s\S]))/],
  ["string", /[rbfuRBFU]{1,2}"(?:\\.|[^"\\\n])*"?/],
  ["string", /[rbfuRBFU]{1,2}'(?:\\.|[^'\\\n])*'?/],
  DOUBLE,
  SINGLE,
  ["meta", /@[\w.]+/],
  ["title", /(?<=\b(?:def|class)\s+)\w+/],
  words(
    "keyword",
    "and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield",
  ),
  words("literal", "True False None self cls"),
  words(
    "built_in",
    "abs all any bool bytes dict enumerate filter float format getattr hasattr int isinstance iter len list map max min next object open print range repr reversed round set setattr sorted str sum super tuple type zip",
  ),
  NUMBER,
  NAME,
];
const JSON_RULES: readonly Rule[] = [
  ["attr", /"(?:\\.|[^"\\\n])*"(?=\s*:)/],
  DOUBLE,
  words("literal", "true false null"),
  NUMBER,
];
const YAML: readonly Rule[] = [
  HASH,
  ["attr", /(?<=^[ \t]*(?:- +)*)[\w./-]+(?=\s*:(?:\s|$))/m],
  DOUBLE,
  SINGLE,
  words("literal", "true false null yes no on off"),
  ["meta", /^(?:---|\.\.\.)$|[&*!][\w-]+/m],
  NUMBER,
  NAME,
];
const SHELL: readonly Rule[] = [
  HASH,
  DOUBLE,
  ["string", /'[^']*'?/],
  ["attr", /\$(?:\w+|\{[^}\n]*\}?|[@*#?$!-])/],
  words("keyword", "if then else elif fi for in do done while until case esac function return export local set"),
  NUMBER,
  NAME,
];
const INI: readonly Rule[] = [
  ["comment", /^[ \t]*[;#].*/m],
  ["section", /^\[.*\]/m],
  ["attr", /^[\w.-]+(?=\s*[=:])/m],
  DOUBLE,
  SINGLE,
  words("literal", "true false"),
  NUMBER,
  NAME,
];
const SQL_WORDS =
  "add all alter and as asc between by case create cross delete desc distinct drop else end exists from full group having in index inner insert into is join left like limit not null offset on or order outer primary right select set table then union unique update values view when where with";
const SQL: readonly Rule[] = [
  ["comment", /--.*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))/],
  ["string", /'(?:''|[^'])*'?/],
  words("keyword", `${SQL_WORDS} ${SQL_WORDS.toUpperCase()}`),
  NUMBER,
  NAME,
];
const DIFF: readonly Rule[] = [
  ["section", /^(?:@@.*|diff .*|index .*|(?:---|\+\+\+) .*)$/m],
  ["addition", /^\+.*$/m],
  ["deletion", /^-.*$/m],
  ["", /^.+$/m],
];
const MARKUP: readonly Rule[] = [
  ["comment", /<!--[\s\S]*?(?:-->|$(?![\s\S]))/],
  ["name", /<\/?[\w:-]+|\/?>/],
  ["attr", /[\w:-]+(?=\s*=\s*["'])/],
  DOUBLE,
  SINGLE,
];
const MARKDOWN: readonly Rule[] = [
  ["string", /^```[\s\S]*?(?:^```$|$(?![\s\S]))/m],
  ["section", /^#{1,6} .*$/m],
  ["bullet", /^[ \t]*(?:[-*+]|\d+\.) /m],
  ["string", /`[^`\n]+`/],
  ["strong", /\*\*[^*\n]+\*\*/],
  ["attr", /\[[^\]\n]*\]\([^)\n]*\)/],
];

const LANGUAGES: Record<string, readonly Rule[]> = {
  py: PYTHON,
  pyi: PYTHON,
  json: JSON_RULES,
  yml: YAML,
  yaml: YAML,
  sh: SHELL,
  bash: SHELL,
  ini: INI,
  cfg: INI,
  conf: INI,
  toml: INI,
  sql: SQL,
  diff: DIFF,
  patch: DIFF,
  md: MARKDOWN,
  markdown: MARKDOWN,
  xml: MARKUP,
  html: MARKUP,
  htm: MARKUP,
  svg: MARKUP,
};

/** The lines of a text in the language of files with this ending. */
export function highlighted(text: string, ending: string): Word[][] {
  const rules = LANGUAGES[ending];
  if (!rules) return bare(text);
  const flags = rules.some(([, pattern]) => pattern.unicode) ? "gmu" : "gm";
  const pattern = new RegExp(rules.map(([, each]) => `(${each.source})`).join("|"), flags);
  const lines: Word[][] = [[]];
  const add = (part: string, kind: string) =>
    part.split("\n").forEach((piece, index) => {
      if (index) lines.push([]);
      if (piece) lines[lines.length - 1]!.push(kind ? { text: piece, kind: `word-${kind}` } : { text: piece });
    });
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (!match[0]) continue;
    if (match.index > end) add(text.slice(end, match.index), "");
    const rule = rules[match.slice(1).findIndex((group) => group !== undefined)];
    add(match[0], rule?.[0] ?? "");
    end = match.index + match[0].length;
  }
  add(text.slice(end), "");
  return lines;
}
