/** Reads frames, the server's charts (docs/formats/frame.md): typed arrays are laid over the bytes, nothing is parsed but the header. */

const MAGIC = 0x31465752; // "RWF1", little-endian

export interface FrameX {
  kind: "step" | "index" | "time" | "relative" | "metric";
  form: "buckets" | "points";
  from: number | null;
  to: number | null;
  width: number;
  buckets: number;
}

export interface FrameSeries {
  run: string;
  metric: string;
  column: string;
  base: number;
  scale: number;
  /** Finite numbers that the line stands for. */
  n: number;
  nonfinite: number;
  /** All rows of the metric. */
  total: number;
  level: number;
  error?: string;
  message?: string;
}

export interface FrameGroup {
  series: readonly number[];
  aggregate: string;
  band: string;
  base: number;
  scale: number;
}

export type Columns = Record<string, Float32Array | Float64Array | Uint32Array>;

export interface Frame {
  x: FrameX;
  series: readonly FrameSeries[];
  groups: readonly FrameGroup[];
  /** Of each series and each group its columns by name; y is `base + scale * number`. */
  columns: readonly Columns[];
  groupColumns: readonly Columns[];
  level: number;
  rev: number;
}

interface Header {
  x: FrameX;
  series: readonly Partial<FrameSeries>[];
  groups: readonly FrameGroup[];
  columns: readonly {
    name: string;
    dtype: "f4" | "f8" | "u4";
    offset: number;
    length: number;
    series?: number;
    group?: number;
  }[];
  level: number;
  rev: number;
  bytes: number;
}

const ARRAYS = { f4: Float32Array, f8: Float64Array, u4: Uint32Array } as const;
const DEFAULTS = { base: 0, scale: 1, n: 0, nonfinite: 0, total: 0, level: 1, column: "value" };

interface Extent {
  header: Header;
  data: number;
  end: number;
}

/** Where the frame at an offset ends; null while its header is not there whole. */
function extent(bytes: Uint8Array, at: number): Extent | null {
  if (bytes.length < at + 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("The answer is no chart.");
  const data = at + 8 + view.getUint32(4, true);
  if (bytes.length < data) return null;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 8, data))) as Header;
  return { header, data, end: data + header.bytes };
}

function open(bytes: Uint8Array, header: Header, data: number): Frame {
  const columns: Columns[] = header.series.map(() => ({}));
  const groupColumns: Columns[] = header.groups.map(() => ({}));
  // Frames begin at any byte of a stream; typed arrays need theirs aligned.
  const start = bytes.byteOffset + data;
  const buffer = start % 8 === 0 ? bytes.buffer : bytes.slice(data, data + header.bytes).buffer;
  const zero = start % 8 === 0 ? start : 0;
  for (const column of header.columns) {
    const owner = column.group === undefined ? columns[column.series ?? 0] : groupColumns[column.group];
    if (owner)
      owner[column.name] = new ARRAYS[column.dtype](buffer as ArrayBuffer, zero + column.offset, column.length);
  }
  return {
    x: header.x,
    series: header.series.map((each) => ({ ...DEFAULTS, ...each }) as FrameSeries),
    groups: header.groups,
    columns,
    groupColumns,
    level: header.level,
    rev: header.rev,
  };
}

/** One frame that is there whole. */
export function decode(bytes: Uint8Array): Frame {
  const found = extent(bytes, 0);
  if (!found || bytes.length < found.end) throw new Error("The chart is cut.");
  return open(bytes, found.header, found.data);
}

/** Frames as they arrive. */
export async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body.getReader();
  let held = new Uint8Array(0);
  let filled = 0;
  /** Of the frame that begins at 0, once its header is there: it is read once, however many parts the frame comes in. */
  let first: Extent | null = null;
  for (;;) {
    const { done, value } = await reader.read();
    if (value) {
      held = withRoom(held, filled, Math.max(filled + value.length, first?.end ?? 0));
      held.set(value, filled);
      filled += value.length;
    }
    first ??= extent(held.subarray(0, filled), 0);
    while (first && first.end <= filled) {
      yield open(held.subarray(0, first.end), first.header, first.data);
      held = held.slice(first.end, filled);
      filled = held.length;
      first = extent(held, 0);
    }
    if (done) {
      if (filled) throw new Error("The chart is cut.");
      return;
    }
  }
}

/** The same bytes with room for so many. */
function withRoom(held: Uint8Array<ArrayBuffer>, filled: number, room: number): Uint8Array<ArrayBuffer> {
  if (held.length >= room) return held;
  const wider = new Uint8Array(room);
  wider.set(held.subarray(0, filled));
  return wider;
}
