/** The bytes of files of a run, for views of them. */
import { useEffect, useState } from "preact/hooks";
import { apiAddress } from "../api/call";
import { Failure } from "../api/failure";

/** The address of a file's bytes. */
export function addressOf(run: string, path: string, save = false): string {
  return apiAddress("/artifacts:download", { run_id: run, path, ...(save ? { save: "true" } : {}) });
}

/** The first bytes of a file. */
export async function read(run: string, path: string, most: number, signal?: AbortSignal): Promise<Uint8Array> {
  let answer: Response;
  try {
    answer = await fetch(addressOf(run, path), {
      headers: { range: `bytes=0-${most - 1}` },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(0, "unreachable", String(error));
  }
  if (answer.status === 416) return new Uint8Array(); // an empty file has no first byte
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))) as Partial<Failure>;
    throw new Failure(answer.status, said.code ?? "error", said.message ?? answer.statusText, said.hint);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

export function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const kind =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(kind).decode(bytes);
}

export interface Loaded<Found> {
  found?: Found;
  failure?: Failure;
}

/** What is made of a file's first bytes; made anew when its version is another one, and what was there stays until then. */
export function useContent<Found>(
  run: string,
  file: { path: string; changed_at: number },
  most: number,
  make: (bytes: Uint8Array) => Found,
): Loaded<Found> {
  const [loaded, setLoaded] = useState<Loaded<Found>>({});
  useEffect(() => {
    const stop = new AbortController();
    read(run, file.path, most, stop.signal).then(
      (bytes) => setLoaded({ found: make(bytes) }),
      (error) => {
        if (stop.signal.aborted) return;
        setLoaded({ failure: error instanceof Failure ? error : new Failure(0, "error", String(error)) });
      },
    );
    return () => stop.abort();
  }, [run, file.path, file.changed_at, most]);
  return loaded;
}
