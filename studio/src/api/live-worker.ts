/** The one stream of changes of a browser: a shared worker that hands what it hears to every tab. */
import { AGAIN_MS, following, type Standing, type TabMessage, type WorkerMessage } from "./stream";

const ports = new Set<MessagePort>();
let source: EventSource | null = null;
let standing: Standing = "waiting";
/** Every tab knows all that changed up to here. */
let known: number | undefined;

function tell(message: WorkerMessage): void {
  for (const port of ports) port.postMessage(message);
}

function stand(now: Standing): void {
  standing = now;
  tell({ standing });
}

function follow(address: string): void {
  source?.close();
  const own = new EventSource(following(address, known));
  source = own;
  own.onopen = () => stand("live");
  own.onerror = () => {
    stand("waiting");
    if (own.readyState !== EventSource.CLOSED) return; // it connects again by itself
    setTimeout(() => {
      if (source === own && ports.size) follow(address);
    }, AGAIN_MS);
  };
  own.addEventListener("change", (event) => {
    const notice = JSON.parse((event as MessageEvent<string>).data);
    known = notice.rev;
    tell({ notice });
  });
}

/** A tab that knows less than the others: the stream begins anew where it stands, what the others hear twice does no harm. */
function join(address: string, after: number | undefined): void {
  if (source && !(after! < known!)) return;
  if (after) known = Math.min(after, known ?? after);
  follow(address);
}

(globalThis as unknown as SharedWorkerGlobalScope).onconnect = (event) => {
  const port = event.ports[0]!;
  port.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.leave) {
      ports.delete(port);
      if (ports.size) return;
      source?.close();
      source = null;
      known = undefined;
    } else if (data.address) {
      ports.add(port);
      join(data.address, data.after);
      port.postMessage({ standing });
    }
  };
};
