/** What changed, as the server tells it: one stream for all tabs through a shared worker, else one while the tab is seen, else polling. */
import { signal } from "@preact/signals";
import { apiAddress, call } from "./call";

export interface Notice {
  rev: number;
  subject: string;
  what: readonly string[];
  experiment_id: string;
  at: number;
}

/** Whether changes arrive: `live` at once, `waiting` while the connection is being made anew. */
export type Standing = "live" | "waiting";

export const standing = signal<Standing>("waiting");

type Listener = (notices: readonly Notice[]) => void;

const listeners = new Set<Listener>();
let started = false;
let pending: Notice[] = [];

/** Hear of changes until the returned function is called. While the tab is hidden they are collected, the latest of each subject. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  start();
  return () => listeners.delete(listener);
}

function tell(notices: readonly Notice[]): void {
  pending.push(...notices);
  if (document.hidden) {
    if (pending.length > 1000) pending = merged(pending);
    return;
  }
  const told = merged(pending);
  pending = [];
  if (told.length) for (const listener of listeners) listener(told);
}

/** One notice of each subject, with all that changed of it. */
export function merged(notices: readonly Notice[]): Notice[] {
  const found = new Map<string, Notice>();
  for (const notice of notices) {
    const before = found.get(notice.subject);
    const what = before ? [...new Set([...before.what, ...notice.what])] : notice.what;
    found.set(notice.subject, { ...notice, what });
  }
  return [...found.values()];
}

export interface WorkerMessage {
  standing?: Standing;
  notice?: Notice;
}

function hear(message: WorkerMessage): void {
  if (message.standing) standing.value = message.standing;
  if (message.notice) tell([message.notice]);
}

function start(): void {
  if (started || !globalThis.document) return;
  started = true;
  document.addEventListener("visibilitychange", () => tell([]));
  const address = new URL(apiAddress("/changes:stream"), location.href).href;
  if (globalThis.SharedWorker) {
    const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), { type: "module", name: "runwatch" });
    worker.port.onmessage = (event: MessageEvent<WorkerMessage>) => hear(event.data);
    worker.onerror = () => (globalThis.EventSource ? whileSeen(address) : poll());
    worker.port.start();
    worker.port.postMessage({ address });
    globalThis.addEventListener("pagehide", () => worker.port.postMessage({ leave: true }));
    globalThis.addEventListener("pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) worker.port.postMessage({ address });
    });
  } else if (globalThis.EventSource) whileSeen(address);
  else poll();
}

/** The seventh stream of a browser to one host would hang: hidden tabs give theirs back. */
function whileSeen(address: string): void {
  let source: EventSource | null = null;
  let last = -1;
  const follow = () => {
    if (document.hidden) {
      source?.close();
      source = null;
      return;
    }
    if (source) return;
    source = new EventSource(last < 0 ? address : `${address}?after=${last}`);
    source.onopen = () => hear({ standing: "live" });
    source.onerror = () => hear({ standing: "waiting" });
    source.addEventListener("change", (event) => {
      const notice = JSON.parse((event as MessageEvent<string>).data) as Notice;
      last = notice.rev;
      hear({ notice });
    });
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

const POLL_MS = 2_000;

async function poll(): Promise<void> {
  let after = -1;
  for (;;) {
    if (!document.hidden) {
      try {
        const found = await call("/changes:list", { after });
        standing.value = "live";
        const since = after < 0 ? [] : found.changes;
        tell(
          since.map((each) => ({ ...each, rev: each.sequence, what: [each.kind], experiment_id: each.experiment_id })),
        );
        after = found.sequence;
      } catch {
        standing.value = "waiting";
      }
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
