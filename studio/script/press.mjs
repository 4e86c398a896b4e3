// Gives the names within each script their last, shortest form: the bundler dealt them anew after what shortens best had.
// Writes the compressed twins (.br, .gz) that the server sends beside each built file that gains from it, and puts the
// list of chunks where script/size.mjs reads it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { minify } from "terser";

const folder = new URL("../../src/runwatch/studio/", import.meta.url).pathname;
mkdirSync(new URL("../.vite/", import.meta.url), { recursive: true });
renameSync(join(folder, ".vite/manifest.json"), new URL("../.vite/manifest.json", import.meta.url));
rmdirSync(join(folder, ".vite"));
const WORTH = /\.(js|css|html|svg|json)$/;

for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!WORTH.test(name) || name === "index.html" || !statSync(path).isFile()) continue; // the server writes into the page
  if (name.endsWith(".js")) {
    const { code } = await minify(readFileSync(path, "utf8"), { module: name !== "theme.js", compress: false });
    writeFileSync(path, code);
  }
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
