/** Which room may import which: downwards alone, and never the one beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, it } from "vitest";

const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  api: ["base"],
  ui: ["base", "api"],
  charts: ["base", "api", "ui"],
  table: ["base", "api", "ui"],
  files: ["base", "api", "ui"],
  // A table with the charts of its runs above it.
  dashboard: ["base", "api", "ui", "charts", "table"],
  pages: ["base", "api", "ui", "charts", "table", "files", "dashboard"],
  app: ["base", "api", "ui", "charts", "table", "files", "dashboard", "pages"],
  // The notebook's widget: nothing imports it, and it has no page of the studio.
  widget: ["base", "api", "ui", "charts", "files"],
};

const SOURCE = join(__dirname, "../src");
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;

function roomOf(path: string): string {
  const [room = "", page = ""] = path.split("/");
  return room === "pages" ? `pages/${page}` : room;
}

function edges(): string[] {
  const found: string[] = [];
  for (const name of readdirSync(SOURCE, { recursive: true, encoding: "utf-8" })) {
    if (!/\.tsx?$/.test(name)) continue;
    const from = roomOf(name);
    for (const [, to = ""] of readFileSync(join(SOURCE, name), "utf-8").matchAll(IMPORT)) {
      const room = roomOf(posix.join(posix.dirname(name), to));
      if (room !== from) found.push(`${from} > ${room} (${name})`);
    }
  }
  return found;
}

it("lets rooms import downwards alone", () => {
  const wrong = edges().filter((edge) => {
    const [from = "", to = ""] = edge.split(" ").filter((each) => each !== ">");
    return (
      !ALLOWED[from.split("/")[0]!]?.includes(to.split("/")[0]!) || (from.startsWith("pages") && to.startsWith("pages"))
    );
  });
  expect(wrong).toEqual([]);
});

it("keeps the client of the API out of the widget", () => {
  const reached = new Set<string>();
  const visit = (name: string) => {
    const path = [name, `${name}.ts`, `${name}.tsx`].find((each) => /\.tsx?$/.test(each) && exists(each));
    if (!path || reached.has(path)) return;
    reached.add(path);
    const text = readFileSync(join(SOURCE, path), "utf-8");
    for (const [statement, to = ""] of text.matchAll(/import[^;]*?from "(\.[^"]+)";/g))
      if (!statement.startsWith("import type")) visit(posix.join(posix.dirname(path), to));
  };
  visit("widget/widget.tsx");
  expect(reached.size).toBeGreaterThan(60);
  expect([...reached].filter((name) => /^api\/(call|cache|live)|^base\/place/.test(name))).toEqual([]);
});

function exists(name: string): boolean {
  try {
    readFileSync(join(SOURCE, name));
    return true;
  } catch {
    return false;
  }
}
