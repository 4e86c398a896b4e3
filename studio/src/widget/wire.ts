/** What travels between the notebook's kernel and the page (docs/formats/widget.md). */
import type { Schemas } from "../api/call";
import type { Run } from "../api/run";
import type { ChartShape } from "../charts/source";

/** What anywidget gives of a widget's model. */
export interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, hear: Hear): void;
  off(name: string, hear: Hear): void;
}

export type Hear = (content?: unknown, buffers?: readonly ArrayBufferView[]) => void;

/** What the kernel keeps with the widget; a host may save it into the notebook, so that it is small. */
export interface Seed {
  run_id?: string;
  language?: string;
  /** A class of the still picture below the widget, which is hidden while the widget lives. */
  still?: string;
}

export interface Queue {
  position: number;
  why: string | null;
}

export interface Progress {
  done: number;
  total: number | null;
  rate: number | null;
  remaining_s: number | null;
  text: string | null;
}

export interface Children {
  total: number;
  runs: Run[];
  best: { metric: string; goal: string; run_id: string } | null;
}

export interface LogFile {
  path: string;
  size_bytes: number;
}

export interface Log {
  path: string;
  /** The number of the first of these lines in the whole log, from 0. */
  first_line: number;
  lines: string[];
  total_lines: number;
}

/** Everything the kernel tells unasked. */
export interface Told {
  run: Run | null;
  experiment: string | null;
  links: { run: string | null; experiment: string | null };
  /** The kernel's time when this was made, in seconds since 1970 UTC. */
  clock: number | null;
  queue: Queue | null;
  progress: Progress | null;
  metrics: Schemas["Metric"][] | null;
  metrics_total: number | null;
  children: Children | null;
  logs: LogFile[];
  log: Log | null;
  finished: boolean;
  error: { message: string; hint: string | null } | null;
}

/** A push: what changed, and the charts that came as buffers beside it. */
export type Push = Partial<Told> & { frames?: { chart: ChartShape }[] };

export interface Answered {
  id: number;
  answer?: unknown;
  frames?: number;
  media_type?: string;
  error?: { code: string; status: number; message: string; hint: string | null };
}

/** What is on the screen. */
export interface Show {
  visible: boolean;
  charts: ChartShape[];
  log: string | null;
}
