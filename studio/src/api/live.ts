/** What changed, as the server tells it: one stream for all tabs through a shared worker, else one while the tab is seen, else polling. */
import { signal } from "@preact/signals";
import { apiAddress, call } from "./call";
import { AGAIN_MS, following, type Notice, type Standing, type TabMessage, type WorkerMessage } from "./stream";

export type { Notice } from "./stream";

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

/**
 * Up to which change this tab knows everything: what it asks for is at least as new as its page, which says how new that
 * is. So no change is missed before the first notice, nor while a tab was kept aside or a connection was lost.
 */
let known = Number(
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="runwatch-rev"]')?.content ?? Number.NaN,
);

function hear(message: WorkerMessage): void {
  if (message.standing) standing.value = message.standing;
  if (!message.notice) return;
  known = Math.max(known || 0, message.notice.rev);
  tell([message.notice]);
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
    const say = (message: TabMessage) => worker.port.postMessage(message);
    const join = () => say({ address, after: known });
    join();
    globalThis.addEventListener("pagehide", () => say({ leave: true }));
    globalThis.addEventListener("pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) join();
    });
  } else if (globalThis.EventSource) whileSeen(address);
  else poll();
}

/** The seventh stream of a browser to one host would hang: hidden tabs give theirs back. */
function whileSeen(address: string): void {
  let source: EventSource | null = null;
  const follow = () => {
    if (document.hidden) {
      source?.close();
      source = null;
      return;
    }
    if (source) return;
    const own = new EventSource(following(address, known));
    source = own;
    own.onopen = () => hear({ standing: "live" });
    own.onerror = () => {
      hear({ standing: "waiting" });
      if (own.readyState !== EventSource.CLOSED || source !== own) return; // it connects again by itself
      source = null;
      setTimeout(follow, AGAIN_MS);
    };
    own.addEventListener("change", (event) => hear({ notice: JSON.parse((event as MessageEvent<string>).data) }));
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

const POLL_MS = 2_000;

async function poll(): Promise<void> {
  let after = known || -1;
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
