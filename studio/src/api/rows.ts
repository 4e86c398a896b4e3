/** Rows of a metric as they come (schema/metric.py, `Block`): little-endian numbers and MessagePack texts in base64. */
import type { Schemas } from "./call";

type MetricRows = Schemas["MetricRows"];

export type Cell = number | bigint | boolean | string | null;

export interface RowColumn {
  name: string;
  cells: Cell[];
}

export interface Rows {
  first: number;
  total: number;
  count: number;
  columns: RowColumn[];
  /** Seconds since 1970 UTC. */
  times: number[];
  /** Null where none was given. */
  steps: (number | null)[];
}

const NO_STEP = -(2n ** 63n);

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** A whole number that a float holds exactly as such; others stay whole. */
function whole(value: bigint): number | bigint {
  return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
}

function longs(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getBigInt64(index * 8, true));
}

function doubles(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getFloat64(index * 8, true));
}

function cellsOf(type: string, bytes: Uint8Array): Cell[] {
  if (type === "float") return doubles(bytes);
  if (type === "int") return longs(bytes).map(whole);
  if (type === "bool") return Array.from(bytes, Boolean);
  return bytes.length ? (new Packed(bytes).value() as Cell[]) : [];
}

export function decodeRows({ first, total, block }: MetricRows): Rows {
  const columns = block.columns.map(({ name, type, data, valid }) => {
    const there = valid ? bytesOf(valid) : null;
    const cells = cellsOf(type, bytesOf(data));
    return { name, cells: there ? cells.map((cell, row) => (there[row] ? cell : null)) : cells };
  });
  const steps = block.steps ? longs(bytesOf(block.steps)) : [];
  return {
    first,
    total,
    count: block.rows,
    columns,
    times: longs(bytesOf(block.times)).map((each) => Number(each) / 1e6),
    steps: Array.from({ length: block.rows }, (_, row) => {
      const step = steps[row];
      return step === undefined || step === NO_STEP ? null : Number(step);
    }),
  };
}

/** What MessagePack says: unlike JSON it has NaN and infinity. */
export function unpacked(bytes: Uint8Array): unknown {
  return new Packed(bytes).value();
}

const TEXTS = new TextDecoder();

/** Reads MessagePack: what a metric's cells can be, and answers of the server. */
class Packed {
  #at = 0;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;

    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const kind = this.#bytes[this.#at++]!;
    if (kind < 0x80) return kind;
    if (kind < 0x90) return this.#map(kind & 15);
    if (kind >= 0xe0) return kind - 0x100;
    if (kind >= 0xa0 && kind < 0xc0) return this.#text(kind & 31);
    if (kind >= 0x90 && kind < 0xa0) return this.#list(kind & 15);
    switch (kind) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#take(4, (at) => this.#view.getFloat32(at));
      case 0xcb:
        return this.#take(8, (at) => this.#view.getFloat64(at));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#size(kind - 0xcc);
      case 0xcf:
        return this.#take(8, (at) => whole(this.#view.getBigUint64(at)));
      case 0xd0:
        return this.#take(1, (at) => this.#view.getInt8(at));
      case 0xd1:
        return this.#take(2, (at) => this.#view.getInt16(at));
      case 0xd2:
        return this.#take(4, (at) => this.#view.getInt32(at));
      case 0xd3:
        return this.#take(8, (at) => whole(this.#view.getBigInt64(at)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#size(kind - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#size(kind - 0xdb));
      case 0xde:
      case 0xdf:
        return this.#map(this.#size(kind - 0xdd));
      default:
        throw new Error("The cells of the metric cannot be read.");
    }
  }

  #take<Found>(bytes: number, read: (at: number) => Found): Found {
    const found = read(this.#at);
    this.#at += bytes;
    return found;
  }

  /** An unsigned number of 1, 2 or 4 bytes. */
  #size(power: number): number {
    if (power === 0) return this.#take(1, (at) => this.#view.getUint8(at));
    return power === 1
      ? this.#take(2, (at) => this.#view.getUint16(at))
      : this.#take(4, (at) => this.#view.getUint32(at));
  }

  #text(length: number): string {
    return this.#take(length, (at) => TEXTS.decode(this.#bytes.subarray(at, at + length)));
  }

  #list(length: number): unknown[] {
    return Array.from({ length }, () => this.value());
  }

  #map(length: number): unknown {
    return Object.fromEntries(Array.from({ length }, () => [this.value(), this.value()]));
  }
}
