// Writes the types of requests and answers from the server's own document, read from standard input.
// Twice, since a field with a default may be left out of a request and is always there in an answer.
import { mkdirSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

let text = "";
for await (const part of process.stdin) text += part;
const document = JSON.parse(text);
const folder = new URL("../src/api/schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, whole] of [
  ["ask", false],
  ["answer", true],
]) {
  const tree = await openapi(document, { defaultNonNullable: whole, alphabetize: true, emptyObjectsUnknown: true });
  writeFileSync(new URL(`${name}.ts`, folder), `// Made by script/types.mjs; not kept.\n${astToString(tree)}`);
}
