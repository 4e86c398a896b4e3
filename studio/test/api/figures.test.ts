import { afterEach, expect, it, vi } from "vitest";
import type { Operation } from "../../src/api/call";
import { figured } from "../../src/api/figures";

afterEach(() => vi.unstubAllGlobals());

/** MessagePack by hand: {"summaries": [[{"last": inf}]]}. */
const INFINITE = [
  ...[0x81, 0xa9, ...new TextEncoder().encode("summaries"), 0x91, 0x91],
  ...[0x81, 0xa4, ...new TextEncoder().encode("last"), 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
];

/** A server whose answer is the same in both encodings but for what JSON has no word for; and what it was asked for. */
function serving(json: object): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (_: string, { headers }: { headers: { accept: string } }) => {
    asked.push(headers.accept);
    return headers.accept.endsWith("json") ? Response.json(json) : new Response(new Uint8Array(INFINITE));
  });
  return asked;
}

const ask = () => figured("/runs:list" as Operation, {} as never);
const summary = { nonfinite: 0, first: 1, last: 2 };

it("asks once where JSON says all", async () => {
  for (const json of [
    { summaries: [[summary, null]] },
    { summaries: [[{ ...summary, nonfinite: 1 }]] }, // in between was one
    { metrics: [{ columns: [{ ...summary, last: null, first: null }] }] }, // never a value
    { groups: [{ figures: [{ n: 0, mean: null, std: null }] }] },
    {},
  ]) {
    const asked = serving(json);
    expect(await ask()).toEqual(json);
    expect(asked).toEqual(["application/json"]);
  }
});

it("asks again, in MessagePack, for a figure that JSON has no word for", async () => {
  for (const json of [
    { summaries: [[null, { ...summary, nonfinite: 1, last: null }]] },
    { metrics: [{ columns: [{ ...summary, nonfinite: 1, first: null }] }] },
    { groups: [{ figures: [{ n: 2, mean: null, std: null }] }] },
  ]) {
    const asked = serving(json);
    expect(await ask()).toEqual({ summaries: [[{ last: Number.POSITIVE_INFINITY }]] });
    expect(asked).toEqual(["application/json", "application/msgpack"]);
  }
});
