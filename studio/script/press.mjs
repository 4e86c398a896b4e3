// Writes the compressed twins (.br, .gz) that the server sends, beside each built file that gains from it.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = new URL("../../src/runwatch/studio/", import.meta.url).pathname;
const WORTH = /\.(js|css|html|svg|json)$/;

for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!WORTH.test(name) || name === "index.html" || !statSync(path).isFile()) continue; // the server writes into the page
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
