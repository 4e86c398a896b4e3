import { describe, expect, it } from "vitest";
import { decode, frames } from "../../src/api/frame";

function frame(rev: number, values: readonly number[]): Uint8Array {
  const header = {
    x: { kind: "step", form: "buckets", from: 0, to: values.length, width: 1, buckets: values.length },
    series: [{ run: "r", metric: "loss" }],
    groups: [],
    columns: [{ name: "last", dtype: "f4", offset: 0, length: values.length, series: 0 }],
    level: 1,
    rev,
    bytes: values.length * 4,
  };
  const text = JSON.stringify(header);
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const whole = new Uint8Array(8 + head.length + header.bytes);
  new DataView(whole.buffer).setUint32(0, 0x31465752, true);
  new DataView(whole.buffer).setUint32(4, head.length, true);
  whole.set(head, 8);
  whole.set(new Uint8Array(Float32Array.from(values).buffer), 8 + head.length);
  return whole;
}

const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((each) => [...each]));

async function read(bytes: Uint8Array, size: number): Promise<[number, number[]][]> {
  const body = new ReadableStream<Uint8Array>({
    start(control) {
      for (let at = 0; at < bytes.length; at += size) control.enqueue(bytes.slice(at, at + size));
      control.close();
    },
  });
  const found = [];
  for await (const each of frames(body)) found.push(each);
  // Looked at last, so that a frame whose bytes were written over is noticed.
  return found.map((each) => [each.rev, [...each.columns[0]!.last!]]);
}

describe("frames as they arrive", () => {
  const all = joined(frame(1, [1, 2, 3]), frame(2, []), frame(3, [4, 5, 6, 7]));

  it.each([1, 3, 7, 64, 300, 10_000])("are read from parts of %i bytes", async (size) => {
    expect(await read(all, size)).toEqual([
      [1, [1, 2, 3]],
      [2, []],
      [3, [4, 5, 6, 7]],
    ]);
  });

  it("are an error where the last one is cut", async () => {
    await expect(read(all.slice(0, -1), 50)).rejects.toThrow("cut");
    expect(() => decode(frame(1, [1, 2]).slice(0, -1))).toThrow("cut");
  });
});
