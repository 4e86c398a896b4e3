/** All charts of a page that are seen, asked for together: one request at a time, stale ones given up, windows kept for coming back. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Failure } from "../api/failure";
import type { Frame } from "../api/frame";
import type { ChartShape, Source } from "./source";

export interface Shown {
  /** The last answer; it stays while another window is on its way. */
  frame: Frame | undefined;
  /** What that answer was asked with. */
  chart: ChartShape | undefined;
  failure: Failure | undefined;
}

/** Charts follow a run at most so often. */
const PACE_MS = 500;
/** What fails because the server is away is asked for again. */
const AGAIN_MS = 3_000;
const KEPT_BYTES = 64 << 20;
const TOGETHER = 100;

interface Window {
  frame: Frame;
  chart: ChartShape;
  bytes: number;
  fresh: boolean;
}

/** A place for one chart. */
export class Slot {
  readonly shown: ReadonlySignal<Shown>;
  /** For the screen alone. */
  readonly state: Signal<Shown> = signal({ frame: undefined, chart: undefined, failure: undefined });
  key = "";
  chart: ChartShape | null = null;
  seen = false;
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;

    this.shown = this.state;
  }

  /** Show this chart from now on; null asks for nothing and leaves what is shown. */
  want(chart: ChartShape | null): void {
    const key = chart ? JSON.stringify(chart) : "";
    if (key === this.key) return;
    this.key = key;
    this.chart = chart;
    this.#screen.changed(this, true);
  }

  see(seen: boolean): void {
    if (seen === this.seen) return;
    this.seen = seen;
    this.#screen.changed(this);
  }

  leave(): void {
    this.#screen.leave(this);
  }
}

interface Request {
  keys: string[];
  answered: number;
  stop: AbortController;
  /** Keys of which a run got points meanwhile. */
  old: Set<string>;
}

export class Screen {
  readonly #slots = new Set<Slot>();
  readonly #windows = new Map<string, Window>();
  readonly #failed = new Set<string>();
  #request: Request | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turning = false;
  #startedAt = 0;
  #deaf: (() => void) | undefined;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  slot(): Slot {
    const slot = new Slot(this);
    this.#slots.add(slot);
    this.#deaf ??= this.#source.hear((runs) => this.#hear(runs));
    return slot;
  }

  leave(slot: Slot): void {
    this.#slots.delete(slot);
    this.#tell();
    if (this.#slots.size) return;
    clearTimeout(this.#timer);
    this.#request?.stop.abort();
    this.#deaf?.();
    this.#deaf = undefined;
    for (const window of this.#windows.values()) window.fresh = false; // nobody hears what comes from now on
  }

  /** A slot came into sight, or wants `another` chart: of what is drawn already, all that are linked say so in one turn. */
  changed(slot: Slot, another = false): void {
    const found = this.#windows.get(slot.key);
    if (found) this.#show(slot, found);
    if (slot.seen && slot.chart && !found?.fresh) {
      if (another && slot.state.peek().frame) this.#soon();
      else this.#schedule(0);
    }
    this.#tell();
  }

  #tell(): void {
    this.#source.follow?.(
      this,
      [...this.#slots].flatMap(({ seen, chart }) => (seen && chart ? [chart] : [])),
    );
  }

  #show(slot: Slot, { frame, chart }: Window): void {
    if (slot.state.peek().frame !== frame) slot.state.value = { frame, chart, failure: undefined };
  }

  #hear(runs: ReadonlySet<string>): void {
    for (const [key, window] of this.#windows) {
      if (!window.chart.series.some((each) => runs.has(each.run_id))) continue;
      window.fresh = false;
      this.#request?.old.add(key);
    }
    this.#failed.clear();
    this.#schedule(Math.max(0, this.#startedAt + PACE_MS - Date.now()));
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), wait);
  }

  /** As soon as all that is drawn in the same turn has said what it wants: a timer would wait until that is painted. */
  #soon(): void {
    clearTimeout(this.#timer);
    if (this.#turning) return;
    this.#turning = true;
    queueMicrotask(() => {
      this.#turning = false;
      void this.#send();
    });
  }

  /** What is seen and not there, by key: two charts that show the same ask for it once. */
  #missing(): Map<string, ChartShape> {
    const found = new Map<string, ChartShape>();
    for (const { seen, chart, key } of this.#slots)
      if (seen && chart && !this.#windows.get(key)?.fresh && !this.#failed.has(key)) found.set(key, chart);
    return found;
  }

  async #send(): Promise<void> {
    const missing = this.#missing();
    if (this.#request) {
      const wanted = new Set([...this.#slots].map((slot) => slot.key));
      const awaited = this.#request.keys.slice(this.#request.answered);
      // It goes on, and looks again when it has ended; what has left the screen is waited for too, since it may come back.
      if (awaited.every((key) => wanted.has(key))) return;
      this.#request.stop.abort();
    }
    const wanted = [...missing].slice(0, TOGETHER);
    if (!wanted.length) return;
    const request: Request = {
      keys: wanted.map(([key]) => key),
      answered: 0,
      stop: new AbortController(),
      old: new Set(),
    };
    this.#request = request;
    this.#startedAt = Date.now();
    try {
      const charts = wanted.map(([, chart]) => chart);
      for await (const frame of this.#source.frames(charts, request.stop.signal)) this.#take(request, charts, frame);
    } catch (error) {
      if (!request.stop.signal.aborted) this.#fail(request, error);
    }
    if (this.#request !== request) return;
    this.#request = null;
    if (this.#missing().size) this.#schedule(request.old.size ? PACE_MS : 0);
  }

  #take(request: Request, charts: readonly ChartShape[], frame: Frame): void {
    const place = request.answered++;
    const key = request.keys[place]!;
    const window = { frame, chart: charts[place]!, bytes: bytesOf(frame), fresh: !request.old.has(key) };
    this.#windows.delete(key);
    this.#windows.set(key, window);
    this.#trim();
    for (const slot of this.#slots) if (slot.key === key) this.#show(slot, window);
  }

  #fail(request: Request, error: unknown): void {
    const failure = error instanceof Failure ? error : new Failure(0, "error", String(error));
    const keys = new Set(request.keys.slice(request.answered));
    for (const key of keys) this.#failed.add(key);
    for (const slot of this.#slots) if (keys.has(slot.key)) slot.state.value = { ...slot.state.peek(), failure };
    if (!failure.passing) return;
    setTimeout(() => {
      for (const key of keys) this.#failed.delete(key);
      if (this.#slots.size) this.#schedule(0);
    }, AGAIN_MS);
  }

  /** Those not asked for longest go first; what is shown stays. */
  #trim(): void {
    let bytes = 0;
    for (const window of this.#windows.values()) bytes += window.bytes;
    const shown = new Set([...this.#slots].map((slot) => slot.key));
    for (const [key, window] of this.#windows) {
      if (bytes <= KEPT_BYTES) return;
      if (shown.has(key)) continue;
      this.#windows.delete(key);
      bytes -= window.bytes;
    }
  }
}

function bytesOf(frame: Frame): number {
  let bytes = 1_000;
  for (const columns of [...frame.columns, ...frame.groupColumns])
    for (const column of Object.values(columns)) bytes += column.byteLength;
  return bytes;
}
