/** Colours of source code: each line as pieces of text with the kind of word that they are. */

import bash from "highlight.js/lib/languages/bash";
import diff from "highlight.js/lib/languages/diff";
import ini from "highlight.js/lib/languages/ini";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import type { Word } from "./line";

const lowlight = createLowlight({ bash, diff, ini, json, markdown, python, xml, yaml });

const LANGUAGES: Record<string, string> = {
  py: "python",
  pyi: "python",
  yml: "yaml",
  yaml: "yaml",
  json: "json",
  sh: "bash",
  bash: "bash",
  md: "markdown",
  markdown: "markdown",
  ini: "ini",
  cfg: "ini",
  conf: "ini",
  toml: "ini",
  diff: "diff",
  patch: "diff",
  xml: "xml",
  html: "xml",
  htm: "xml",
  svg: "xml",
};

interface Node {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: Node[];
}

/** The lines of a text in the language of files with this ending. */
export function highlighted(text: string, ending: string): Word[][] {
  const language = LANGUAGES[ending];
  if (!language) return text.split("\n").map((line) => (line ? [{ text: line }] : []));
  const lines: Word[][] = [[]];
  const add = (node: Node, kind: string) => {
    if (node.type === "text") {
      (node.value ?? "").split("\n").forEach((part, index) => {
        if (index) lines.push([]);
        if (part) lines[lines.length - 1]!.push(kind ? { text: part, kind } : { text: part });
      });
      return;
    }
    const names = Array.isArray(node.properties?.className) ? (node.properties.className as string[]) : [];
    const own = names.find((name) => name.startsWith("hljs-"));
    for (const child of node.children ?? []) add(child, own ?? kind);
  };
  add(lowlight.highlight(language, text) as unknown as Node, "");
  return lines;
}
