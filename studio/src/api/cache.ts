/** One cache of answers, by operation and request: shown at once, asked for anew when a notice says that they may be old. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type AnswerOf, type AskOf, call, type Operation } from "./call";
import { Failure } from "./failure";
import { listen, type Notice, standing } from "./live";

export interface Result<Data> {
  /** The last answer; it stays while a newer one is on its way and when that fails. */
  data: Data | undefined;
  failure: Failure | undefined;
  loading: boolean;
}

/** Which notices make an answer old. */
export type Concerns = (notice: Notice) => boolean;

interface Entry {
  result: Signal<Result<unknown>>;
  fetch: () => Promise<unknown>;
  concerns: Set<Concerns>;
  users: number;
  running: boolean;
  again: boolean;
  usedAt: number;
}

const entries = new Map<string, Entry>();
const KEPT = 200;
/** An answer is asked for anew at most so often, whatever happens: the server sends up to four notices a second and run. */
const PACE_MS = 400;

function entryOf(key: string, fetch: () => Promise<unknown>): Entry {
  let entry = entries.get(key);
  if (!entry) {
    entry = {
      result: signal({ data: undefined, failure: undefined, loading: false }),
      fetch,
      concerns: new Set(),
      users: 0,
      running: false,
      again: false,
      usedAt: 0,
    };
    entries.set(key, entry);
    trim();
  }
  return entry;
}

function trim(): void {
  if (entries.size <= KEPT) return;
  const idle = [...entries].filter(([, entry]) => !entry.users).sort(([, a], [, b]) => a.usedAt - b.usedAt);
  for (const [key] of idle.slice(0, entries.size - KEPT)) entries.delete(key);
}

async function refresh(entry: Entry): Promise<void> {
  if (entry.running) {
    entry.again = true;
    return;
  }
  entry.running = true;
  entry.result.value = { ...entry.result.value, loading: true };
  do {
    entry.again = false;
    try {
      const data = await entry.fetch();
      entry.result.value = { data, failure: undefined, loading: false };
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure(0, "error", String(error));
      entry.result.value = { ...entry.result.value, failure, loading: false };
      if (failure.passing) setTimeout(() => entry.users && refresh(entry), 3_000);
    }
    if (entry.again) await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  } while (entry.again && entry.users);
  entry.running = false;
}

let hearing = false;

function hear(): void {
  if (hearing) return;
  hearing = true;
  listen((notices) => {
    for (const entry of entries.values()) {
      if (notices.some((notice) => [...entry.concerns].some((each) => each(notice)))) refresh(entry);
    }
  });
  let was = standing.peek();
  standing.subscribe((now) => {
    // Notices may have been missed while nobody was connected; the stream tells them, answers that failed are asked for here.
    if (was === "waiting" && now === "live")
      for (const entry of entries.values()) if (entry.users && entry.result.peek().failure) refresh(entry);
    was = now;
  });
}

/** An answer of a function under a key of its own; `null` asks for nothing. */
export function useAnswer<Data>(
  key: string | null,
  fetch: () => Promise<Data>,
  concerns?: Concerns,
): ReadonlySignal<Result<Data>> {
  const latest = useRef(concerns);
  latest.current = concerns;
  const nothing = useMemo(() => signal<Result<Data>>({ data: undefined, failure: undefined, loading: false }), []);
  const entry = key === null ? null : entryOf(key, fetch);
  useEffect(() => {
    if (!entry) return;
    hear();
    const concern: Concerns = (notice) => latest.current?.(notice) ?? false;
    entry.concerns.add(concern);
    // Nobody listened for it while it had no user: what is there is shown, and asked for anew.
    if (entry.users === 0) refresh(entry);
    entry.users += 1;
    return () => {
      entry.users -= 1;
      entry.usedAt = Date.now();
      entry.concerns.delete(concern);
    };
  }, [entry]);
  return (entry ? entry.result : nothing) as ReadonlySignal<Result<Data>>;
}

/** The answer of an operation; `null` instead of a request asks for nothing. */
export function useCall<Name extends Operation>(
  name: Name,
  ask: AskOf<Name> | null,
  concerns?: Concerns,
): ReadonlySignal<Result<AnswerOf<Name>>> {
  const key = ask === null ? null : `${name} ${JSON.stringify(ask)}`;
  return useAnswer(key, () => call(name, ask as AskOf<Name>), concerns);
}

/** Notices of one run. */
export const ofRun =
  (run: string, ...what: string[]): Concerns =>
  (notice) =>
    notice.subject === run && (!what.length || what.some((each) => notice.what.includes(each)));

/** Notices of an experiment or of any of its runs. */
export const ofExperiment =
  (experiment: string, ...what: string[]): Concerns =>
  (notice) =>
    (notice.experiment_id === experiment || notice.subject === experiment) &&
    (!what.length || what.some((each) => notice.what.includes(each)));

/** Notices of any of these kinds. */
export const ofKind =
  (...what: string[]): Concerns =>
  (notice) =>
    what.some((each) => notice.what.includes(each));
