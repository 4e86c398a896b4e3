/** The one stream of changes of a browser: a shared worker that hands what it hears to every tab. */
import type { Standing, WorkerMessage } from "./live";

const ports = new Set<MessagePort>();
let source: EventSource | null = null;
let standing: Standing = "waiting";
let last = -1;

function tell(message: WorkerMessage): void {
  for (const port of ports) port.postMessage(message);
}

function stand(now: Standing): void {
  standing = now;
  tell({ standing });
}

function follow(address: string): void {
  source = new EventSource(last < 0 ? address : `${address}?after=${last}`);
  source.onopen = () => stand("live");
  source.onerror = () => {
    stand("waiting");
    if (source?.readyState !== EventSource.CLOSED) return; // it connects again by itself
    source = null;
    setTimeout(() => {
      if (!source && ports.size) follow(address);
    }, 2_000);
  };
  source.addEventListener("change", (event) => {
    const notice = JSON.parse((event as MessageEvent<string>).data);
    last = notice.rev;
    tell({ notice });
  });
}

(globalThis as unknown as SharedWorkerGlobalScope).onconnect = (event) => {
  const port = event.ports[0]!;
  port.onmessage = ({ data }: MessageEvent<{ address?: string; leave?: boolean }>) => {
    if (data.leave) {
      ports.delete(port);
      if (ports.size) return;
      source?.close();
      source = null;
    } else if (data.address) {
      ports.add(port);
      if (!source) follow(data.address);
      port.postMessage({ standing });
    }
  };
};
