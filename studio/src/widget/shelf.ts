/** Charts that the kernel pushed, the latest of each, and those who wait for one. */
import type { Frame } from "../api/frame";
import type { ChartShape } from "../charts/source";

const isWhole = ({ x }: ChartShape): boolean => x.start === null && x.end === null;

/** What a chart is of. One of the whole range is the same in however many buckets: the page draws it, and says how many it wants. */
export function keyOf(chart: ChartShape): string {
  const { series, x, smoothing = null } = chart;
  const named = series.map(({ run_id, metric, column }) => [run_id, metric, column]);
  const part = isWhole(chart) ? null : [x.start, x.end, chart.buckets];
  // What names x is told for every kind, and counts for one.
  const over = x.kind === "metric" ? [x.metric, x.column] : x.kind;
  return JSON.stringify([named, over, smoothing, part]);
}

export class Shelf {
  readonly #frames = new Map<string, Frame>();
  readonly #waiting = new Map<string, ((frame: Frame) => void)[]>();

  get empty(): boolean {
    return !this.#frames.size;
  }

  get(chart: ChartShape): Frame | undefined {
    return this.#frames.get(keyOf(chart));
  }

  put(chart: ChartShape, frame: Frame): void {
    const key = keyOf(chart);
    this.#frames.set(key, frame);
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const take of waiting) take(frame);
  }

  drop(chart: ChartShape): void {
    this.#frames.delete(keyOf(chart));
  }

  /** Be given the next push of a chart. */
  wait(chart: ChartShape, take: (frame: Frame) => void): void {
    const key = keyOf(chart);
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), take]);
  }
}
