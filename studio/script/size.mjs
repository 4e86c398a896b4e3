// Fails if the studio has grown over what a reader should have to load (gzipped, as it travels).
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("../../src/runwatch/studio/", import.meta.url);
const assets = new URL("assets/", folder);
const gz = (name) => gzipSync(readFileSync(new URL(name, assets)), { level: 9 }).length / 1000;
const manifest = JSON.parse(readFileSync(new URL("../.vite/manifest.json", import.meta.url)));

/** A chunk and all that it imports before it runs. */
function closure(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, found);
  return found;
}

function size(keys) {
  const files = new Set();
  for (const key of keys) {
    files.add(manifest[key].file);
    for (const css of manifest[key].css ?? []) files.add(css);
  }
  return [...files].reduce((sum, file) => sum + gz(file.replace("assets/", "")), 0);
}

const page = readFileSync(new URL("index.html", folder), "utf8");
const entry = Object.keys(manifest).find(
  (key) => /\.js$/.test(manifest[key].file) && page.includes(manifest[key].file),
);
const lists = Object.keys(manifest).find((key) => manifest[key].name === "lists"); // the pages with tables of runs
const eager = closure(lists, closure(entry));
const first = size(eager);
const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
// Parallel coordinates and heat maps are what a library for rare charts would be loaded for: they come when they are seen.
const rare = scripts.filter((name) => name.startsWith("rare-"));
const total = (names) => names.reduce((sum, name) => sum + gz(name), 0);
const lazy = Object.entries(manifest).filter(([key, chunk]) => !eager.has(key) && chunk.file.endsWith(".js"));
const rows = [
  ["scripts and styles before the first row", first, 60],
  ["all scripts but those of rare charts", total(scripts) - total(rare), 160],
  ["scripts of rare charts", total(rare), 40],
  ...lazy.map(([key, chunk]) => [`lazy chunk ${key}`, gz(chunk.file.replace("assets/", "")), 40]),
];
let over = false;
for (const [name, kb, most] of rows) {
  if (kb > most) over = true;
  if (kb > most || !name.startsWith("lazy"))
    console.log(`${kb > most ? "TOO LARGE " : ""}${name}: ${kb.toFixed(1)} kB of ${most}`);
}
process.exit(over ? 1 : 0);
