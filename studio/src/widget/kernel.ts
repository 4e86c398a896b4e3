/** The notebook's kernel as a source of charts: what it pushed is drawn at once, all else is asked for. */
import type { AnswerOf, AskOf, Operation, Schemas } from "../api/call";
import { decode, type Frame } from "../api/frame";
import type { ChartShape, Metric, RunFigures, Source } from "../charts/source";
import type { Channel, News } from "./channel";
import { keyOf, Shelf } from "./shelf";

/** What is wanted at the same time is asked for together; the first charts come by themselves meanwhile. */
const GATHER_MS = 20;
const FIRST_MS = 400;
const TOGETHER = 100;
const PAGE = 1_000;

interface Wanted {
  chart: ChartShape;
  resolve: (frame: Frame) => void;
  reject: (error: unknown) => void;
}

export class KernelSource implements Source {
  readonly #shelf = new Shelf();
  readonly #asked = new Map<string, Promise<Frame>>();
  readonly #listeners = new Set<(runs: ReadonlySet<string>) => void>();
  readonly #shown = new Map<object, readonly ChartShape[]>();
  #wanted: Wanted[] = [];
  readonly #waiting: ((metrics: Metric[]) => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #deaf: () => void;
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;

    this.#deaf = channel.listen((news) => this.#take(news));
  }

  close(): void {
    this.#deaf();
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async metrics(run_id: string): Promise<Metric[]> {
    const { run, metrics } = this.#channel.state;
    // The widget's own are pushed. Asked for, they would come after the cell that the kernel works on.
    if (run_id === run.peek()?.run_id) return metrics.peek() ?? new Promise((resolve) => this.#waiting.push(resolve));
    const found: Metric[] = [];
    let cursor: string | null = null;
    do {
      const page: Schemas["MetricPage"] = await this.ask("/metrics:list", { run_id, limit: PAGE, cursor });
      found.push(...page.metrics);
      cursor = page.next_cursor;
    } while (cursor);
    return found;
  }

  async *frames(charts: readonly ChartShape[], signal: AbortSignal): AsyncGenerator<Frame> {
    const coming = charts.map((chart) => this.#shelf.get(chart) ?? this.#want(chart));
    for (const each of coming) {
      const frame = await each;
      if (signal.aborted) return;
      yield frame;
    }
  }

  rows(run_id: string, name: string, first: number, count: number): Promise<Schemas["MetricRows"]> {
    return this.ask("/metrics:read", { run_id, name, first, count });
  }

  async figures(
    run_ids: readonly string[],
    columns: readonly { metric: string; column: string }[],
  ): Promise<RunFigures[]> {
    const page = await this.ask("/runs:list", {
      run_ids: [...run_ids],
      columns: [...columns],
      limit: PAGE,
      hidden: true,
    });
    return page.runs.map(({ run_id, params }, row) => ({ run: run_id, params, summaries: page.summaries[row] ?? [] }));
  }

  async document(run: string, path: string): Promise<unknown> {
    return JSON.parse(await (await this.file(run, path)).text());
  }

  /** A file of a run, as what the kernel says it is. */
  async file(run_id: string, path: string): Promise<Blob> {
    const { buffers, mediaType } = await this.#channel.call("/artifacts:download", { run_id, path });
    return new Blob([...buffers] as BlobPart[], { type: mediaType });
  }

  hear(listener: (runs: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  follow(who: object, charts: readonly ChartShape[]): void {
    const before = this.#shown.get(who) ?? [];
    if (charts.length) this.#shown.set(who, charts);
    else this.#shown.delete(who);
    const shown = new Set([...this.#shown.values()].flat().map(keyOf));
    // Fresh ones of what nobody shows are not promised.
    for (const chart of before) if (!shown.has(keyOf(chart))) this.#shelf.drop(chart);
    this.#channel.follow(who, charts);
  }

  async ask<Name extends Operation>(name: Name, body: AskOf<Name>): Promise<AnswerOf<Name>> {
    return (await this.#channel.call(name, body)).answer as AnswerOf<Name>;
  }

  #take({ push, buffers }: News): void {
    const runs = new Set<string>();
    push.frames?.forEach(({ chart }, index) => {
      this.#shelf.put(chart, decode(buffers[index]!));
      for (const { run_id } of chart.series) runs.add(run_id);
    });
    const own = this.#channel.state.run.peek();
    if (push.metrics && own) runs.add(own.run_id);
    if (push.metrics) for (const resolve of this.#waiting.splice(0)) resolve(push.metrics);
    if (runs.size) for (const listener of this.#listeners) listener(runs);
  }

  /** A chart that is not there: whoever wants it meanwhile waits for the same answer, and a push of it ends the waiting. */
  #want(chart: ChartShape): Promise<Frame> {
    const key = JSON.stringify(chart);
    const found = this.#asked.get(key);
    if (found) return found;
    const coming = new Promise<Frame>((resolve, reject) => {
      this.#shelf.wait(chart, resolve);
      this.#wanted.push({ chart, resolve, reject });
      this.#timer ??= setTimeout(() => this.#send(), this.#shelf.empty ? FIRST_MS : GATHER_MS);
    });
    const done = () => this.#asked.delete(key);
    coming.then(done, done);
    this.#asked.set(key, coming);
    return coming;
  }

  #send(): void {
    this.#timer = undefined;
    const wanted = this.#wanted.filter(({ chart, resolve }) => {
      const pushed = this.#shelf.get(chart);
      if (pushed) resolve(pushed);
      return !pushed;
    });
    this.#wanted = [];
    for (let at = 0; at < wanted.length; at += TOGETHER) void this.#fetch(wanted.slice(at, at + TOGETHER));
  }

  async #fetch(wanted: readonly Wanted[]): Promise<void> {
    try {
      const { buffers } = await this.#channel.call("/series:batch", { charts: wanted.map(({ chart }) => chart) });
      wanted.forEach(({ resolve }, index) => void resolve(decode(buffers[index]!)));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}
