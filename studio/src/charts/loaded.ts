/** Something of runs that is fetched, kept while newer comes, and fetched anew when those runs got points. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Failure } from "../api/failure";
import { type Source, useSource } from "./source";

export interface Loaded<Data> {
  data: Data | undefined;
  failure: Failure | undefined;
}

const PACE_MS = 1_000;
const AGAIN_MS = 3_000;

/** `load` is told which runs changed since it was last called; null at first. A null key fetches nothing. */
export function useLoaded<Data>(
  key: string | null,
  runs: ReadonlySet<string>,
  load: (source: Source, changed: ReadonlySet<string> | null) => Promise<Data>,
): ReadonlySignal<Loaded<Data>> {
  const source = useSource();
  const state = useSignal<Loaded<Data>>({ data: undefined, failure: undefined });
  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    let running = false;
    let changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fetch = async (first: boolean) => {
      running = true;
      const since = changed;
      changed = new Set();
      try {
        const data = await load(source, first ? null : since);
        if (wanted) state.value = { data, failure: undefined };
      } catch (error) {
        if (!wanted) return;
        const failure = error instanceof Failure ? error : new Failure(0, "error", String(error));
        state.value = { ...state.value, failure };
        if (failure.passing) timer = setTimeout(() => void fetch(true), AGAIN_MS);
      }
      running = false;
      if (changed.size && wanted) timer = setTimeout(() => void fetch(false), PACE_MS);
    };
    const deaf = source.hear((heard) => {
      const own = [...heard].filter((run) => runs.has(run));
      if (!own.length) return;
      for (const run of own) changed.add(run);
      clearTimeout(timer);
      if (!running) timer = setTimeout(() => void fetch(false), PACE_MS / 4);
    });
    void fetch(true);
    return () => {
      wanted = false;
      clearTimeout(timer);
      deaf();
    };
  }, [key, source]);
  return state;
}
