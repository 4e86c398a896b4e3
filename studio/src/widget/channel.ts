/** The kernel's own channel: hears what it pushes, says what is on the screen, and asks for what is beyond that. */
import { batch, type Signal, signal } from "@preact/signals";
import { Failure } from "../api/failure";
import type { ChartShape } from "../charts/source";
import type { Answered, Hear, Model, Push, Show, Told } from "./wire";

/** A kernel that works on a cell answers when that is done; after so long it is said that it is busy. */
const PATIENCE_MS = 2_000;
/** The kernel takes us for away if it hears nothing for three times as long. */
const SHOW_MS = 10_000;
/** What changes on the screen in one go is said once. */
const GATHER_MS = 100;

const UNTOLD: Told = {
  run: null,
  experiment: null,
  links: { run: null, experiment: null },
  clock: null,
  queue: null,
  progress: null,
  metrics: null,
  metrics_total: null,
  children: null,
  logs: [],
  log: null,
  finished: false,
  error: null,
};

/** The last that was told of each thing. */
export type State = { readonly [Name in keyof Told]: Signal<Told[Name]> };

/** A pushed message, after it was merged into the state. */
export interface News {
  push: Push;
  buffers: readonly Uint8Array[];
}

export interface Answer {
  answer: unknown;
  mediaType: string;
  buffers: readonly Uint8Array[];
}

interface Pending {
  resolve: (answer: Answer) => void;
  reject: (failure: Failure) => void;
  patience: ReturnType<typeof setTimeout>;
  late: boolean;
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

export class Channel {
  readonly state: State;
  /** Whether the kernel has not answered for a while. */
  readonly busy = signal(false);
  /** Whether the kernel has left; what was told last stays. */
  readonly gone = signal(false);
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(news: News) => void>();
  readonly #shapes = new Map<object, readonly ChartShape[]>();
  #visible = true;
  #log: string | null = null;
  #next = 1;
  #said = "";
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  /** A line that was cut stays so, whatever was on its way; one that went quiet may be heard again. */
  #cut = false;
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;

    const cells = Object.entries(UNTOLD).map(([name, value]) => [name, signal(value)]);
    this.state = Object.fromEntries(cells) as State;
    model.on("msg:custom", this.#hear);
    model.on("comm:close", this.#part);
    model.on("comm_live_update", this.#leave);
    this.#beat = setInterval(() => this.#say(true), SHOW_MS);
    this.#soon();
  }

  /** Hear each push until the returned function is called. */
  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ask the kernel; it may take as long as the cell that it works on. */
  call(call: string, body: unknown): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (this.#closed) return;
      const patience = setTimeout(() => this.#late(id), PATIENCE_MS);
      this.#pending.set(id, { resolve, reject, patience, late: false });
      this.#model.send({ id, call, body });
    });
  }

  /** Say whether anybody can see the widget. */
  see(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#soon();
  }

  /** Say which charts a part of the page shows; none when it is gone. */
  follow(who: object, charts: readonly ChartShape[]): void {
    if (charts.length) this.#shapes.set(who, charts);
    else this.#shapes.delete(who);
    this.#soon();
  }

  /** Say which log is read; null is the one that the kernel chooses. */
  read(path: string | null): void {
    this.#log = path;
    this.#soon();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#gathering);
    clearInterval(this.#beat);
    for (const { patience } of this.#pending.values()) clearTimeout(patience);
    this.#pending.clear();
    this.#listeners.clear();
    this.#model.off("msg:custom", this.#hear);
    this.#model.off("comm:close", this.#part);
    this.#model.off("comm_live_update", this.#leave);
  }

  readonly #hear: Hear = (content, buffers = []) => {
    this.gone.value = this.#cut;
    const { push, ...answered } = content as Partial<Answered> & { push?: Push };
    const bytes = buffers.map(bytesOf);
    if (push) this.#take({ push, buffers: bytes });
    else if (answered.id !== undefined) this.#answered(answered as Answered, bytes);
  };

  readonly #leave: Hear = () => {
    this.gone.value = true;
  };

  readonly #part: Hear = () => {
    this.#cut = true;
    this.gone.value = true;
  };

  #take(news: News): void {
    batch(() => {
      for (const [name, value] of Object.entries(news.push))
        if (name in this.state) (this.state[name as keyof Told] as Signal<unknown>).value = value;
    });
    if (this.state.finished.peek()) clearInterval(this.#beat); // nothing more is pushed
    for (const listener of this.#listeners) listener(news);
  }

  #answered({ id, answer, media_type: mediaType = "", error }: Answered, buffers: Uint8Array[]): void {
    const found = this.#pending.get(id);
    if (!found) return;
    clearTimeout(found.patience);
    this.#pending.delete(id);
    this.busy.value = [...this.#pending.values()].some((each) => each.late);
    if (error) found.reject(new Failure(error.status, error.code, error.message, error.hint));
    else found.resolve({ answer, mediaType, buffers });
  }

  #late(id: number): void {
    const found = this.#pending.get(id);
    if (!found) return;
    found.late = true;
    this.busy.value = true;
  }

  #soon(): void {
    clearTimeout(this.#gathering);
    if (!this.#closed) this.#gathering = setTimeout(() => this.#say(false), GATHER_MS);
  }

  /** A beat is said although nothing is new. */
  #say(beat: boolean): void {
    const show: Show = { visible: this.#visible, charts: [...this.#shapes.values()].flat(), log: this.#log };
    const text = JSON.stringify(show);
    if (text === this.#said && !beat) return;
    this.#said = text;
    this.#model.send({ show });
  }
}
