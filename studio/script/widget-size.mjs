// Fails if the notebook's widget has grown over what may travel with each widget, and be kept in a saved notebook by some hosts.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("../../src/runwatch/widget/static/", import.meta.url);
const names = readdirSync(folder);
if (names.join() !== "widget.js") throw new Error(`The widget is one file: ${names.join(", ")}`);
const code = readFileSync(new URL("widget.js", folder));
const rows = [
  ["widget", code.length / 1000, 150],
  ["widget, gzipped", gzipSync(code, { level: 9 }).length / 1000, 50],
];
for (const [name, kb, most] of rows)
  console.log(`${kb > most ? "TOO LARGE " : ""}${name}: ${kb.toFixed(1)} kB of ${most}`);
process.exit(rows.some(([, kb, most]) => kb > most) ? 1 : 0);
