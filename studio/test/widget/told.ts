/** A model as anywidget gives it, and what a kernel tells through it. */
import type { ChartShape } from "../../src/charts/source";
import type { Hear, Model } from "../../src/widget/wire";

export class FakeModel implements Model {
  readonly sent: Record<string, unknown>[] = [];
  private readonly hearing = new Map<string, Set<Hear>>();

  constructor(private readonly seed: unknown = {}) {}

  get(name: string): unknown {
    return name === "seed" ? this.seed : undefined;
  }

  send(content: unknown): void {
    this.sent.push(content as Record<string, unknown>);
  }

  on(name: string, hear: Hear): void {
    this.hearing.set(name, (this.hearing.get(name) ?? new Set()).add(hear));
  }

  off(name: string, hear: Hear): void {
    this.hearing.get(name)?.delete(hear);
  }

  tell(content: unknown, buffers: readonly Uint8Array[] = []): void {
    for (const hear of this.hearing.get("msg:custom") ?? []) hear(content, buffers);
  }

  emit(name: string): void {
    for (const hear of this.hearing.get(name) ?? []) hear();
  }

  get listeners(): number {
    return [...this.hearing.values()].reduce((sum, all) => sum + all.size, 0);
  }

  /** Calls that the page made. */
  get calls(): { id: number; call: string; body: { charts?: ChartShape[] } }[] {
    return this.sent.filter((each) => "call" in each) as never;
  }

  get shows(): { visible: boolean; charts: ChartShape[]; log: string | null }[] {
    return this.sent.filter((each) => "show" in each).map((each) => each.show) as never;
  }
}

export function shape(metric: string, range: [number, number] | null = null, buckets = 400): ChartShape {
  return {
    series: [{ run_id: "r1", metric, column: "value" }],
    x: { kind: "step", start: range?.[0] ?? null, end: range?.[1] ?? null },
    buckets,
    parts: ["last", "min", "max", "count"],
  };
}

/** A frame of one line through these values (docs/formats/frame.md). */
export function frame(metric: string, values: readonly number[]): Uint8Array {
  const bytes = values.length * 12;
  const padded = Math.ceil(bytes / 8) * 8;
  const header = JSON.stringify({
    x: { kind: "step", form: "points", from: 0, to: values.length - 1, width: 0, buckets: 0 },
    series: [{ run: "r1", metric, column: "value", n: values.length, total: values.length }],
    groups: [],
    columns: [
      { name: "x", dtype: "f8", offset: 0, length: values.length, series: 0 },
      { name: "last", dtype: "f4", offset: values.length * 8, length: values.length, series: 0 },
    ],
    bytes: padded,
    level: 1,
    rev: 1,
  });
  const size = Math.ceil(header.length / 8) * 8;
  const made = new Uint8Array(8 + size + padded);
  const view = new DataView(made.buffer);
  view.setUint32(0, 0x31465752, true);
  view.setUint32(4, size, true);
  made.set(new TextEncoder().encode(header.padEnd(size)), 8);
  values.forEach((value, index) => {
    view.setFloat64(8 + size + index * 8, index, true);
    view.setFloat32(8 + size + values.length * 8 + index * 4, value, true);
  });
  return made;
}

export function run(id: string, more: object = {}): object {
  return {
    run_id: id,
    name: null,
    display_name: `name of ${id}`,
    experiment: "digits",
    status: "Running",
    started_at: 1_000,
    ended_at: null,
    created_at: 990,
    target: "local",
    host: null,
    submitted_by: null,
    params: {},
    tags: {},
    properties: {},
    definition: {},
    warnings: [],
    error: null,
    exit: null,
    ...more,
  };
}

export function metric(name: string, rows: number): object {
  const column = { column: "value", type: "float", count: rows, numeric: rows, last: 0.5, min: 0, max: 1 };
  return { name, kind: "scalar", rows, description: "", columns: [column] };
}
