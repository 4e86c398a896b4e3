/** What of an axis is wanted: a range of numbers, or a set of categories and of what is no number; and which lines pass. */
import { type Axis, ODDS, type Odd, placeAt, roundedAt } from "./axis";

export type Brush =
  /** Both ends count; null is open. */
  | { kind: "range"; from: number | null; to: number | null }
  /** Keys of `categoryKey` and `oddKey`. */
  | { kind: "set"; keys: readonly string[] };

export const categoryKey = (name: string): string => `=${name}`;
export const oddKey = (odd: Odd): string => `!${odd}`;

function keyOf(axis: Axis, line: number): string {
  const odd = axis.odds[line];
  return odd ? oddKey(odd) : categoryKey(String(axis.values[line]));
}

/** Which lines pass what is wanted of all these axes, as 1 and 0. */
export function passing(axes: readonly Axis[], brushes: Readonly<Record<string, Brush>>, count: number): Uint8Array {
  const found = new Uint8Array(count).fill(1);
  for (const axis of axes) {
    const brush = brushes[axis.id];
    if (!brush) continue;
    if (brush.kind === "set") {
      const keys = new Set(brush.keys);
      for (let line = 0; line < count; line += 1) if (!keys.has(keyOf(axis, line))) found[line] = 0;
    } else if (axis.kind === "number") {
      const [from, to] = [brush.from ?? Number.NEGATIVE_INFINITY, brush.to ?? Number.POSITIVE_INFINITY];
      for (let line = 0; line < count; line += 1) {
        const value = axis.values[line] as number;
        if (axis.odds[line] || value < from || value > to) found[line] = 0;
      }
    }
  }
  return found;
}

/** From where to where a brush goes, as places or, of categories, as their first and last; null if it is no range. */
export function extent(axis: Axis, brush: Brush | undefined): readonly [number, number] | null {
  if (!brush) return null;
  if (brush.kind === "range") {
    if (axis.kind !== "number") return null;
    const inside = (value: number) => Math.min(1, Math.max(0, placeAt(axis, value)));
    return [brush.from === null ? 0 : inside(brush.from), brush.to === null ? 1 : inside(brush.to)];
  }
  const keys = new Set(brush.keys);
  const chosen = axis.categories.flatMap((name, index) => (keys.has(categoryKey(name)) ? [index] : []));
  if (!chosen.length || chosen.length !== chosen[chosen.length - 1]! - chosen[0]! + 1) return null;
  return [placeAt(axis, chosen[0]! - 0.5), placeAt(axis, chosen[chosen.length - 1]! + 0.5)];
}

/** The brush from one place to another; null if that is all there is. An end of the axis leaves its side open. */
export function between(axis: Axis, a: number, b: number): Brush | null {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (axis.kind === "category") {
    const names = axis.categories.filter((_, index) => {
      const place = placeAt(axis, index);
      return place >= low && place <= high;
    });
    if (!names.length || names.length === axis.categories.length) return null;
    return { kind: "set", keys: names.map(categoryKey) };
  }
  if (low <= 0 && high >= 1) return null;
  return {
    kind: "range",
    from: low <= 0 ? null : roundedAt(axis, low),
    to: high >= 1 ? null : roundedAt(axis, high),
  };
}

/** With a category, or what is no number, put into the set or taken out of it; null if nothing is left. */
export function toggled(brush: Brush | undefined, key: string): Brush | null {
  const keys = brush?.kind === "set" ? brush.keys : [];
  const next = keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key];
  return next.length ? { kind: "set", keys: next } : null;
}

const SIGNS = /[%,~:]/g;

/** A text within a list: the signs of the list stand for themselves behind a %. */
export const escaped = (text: string): string =>
  text.replace(SIGNS, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

export function plain(text: string): string {
  return text.replace(/%(25|2C|7E|3A)/gi, (sign) => decodeURIComponent(sign));
}

/** `p.lr~0.001:0.1,p.optimizer~=adam~!none`. */
export function brushesText(brushes: Readonly<Record<string, Brush>>): string | null {
  const parts = Object.entries(brushes).map(([id, brush]) =>
    [escaped(id), ...(brush.kind === "set" ? brush.keys.map(escaped) : [`${brush.from ?? ""}:${brush.to ?? ""}`])].join(
      "~",
    ),
  );
  return parts.join(",") || null;
}

/** What a text says wrongly is left out. */
export function readBrushes(text: string | null): Record<string, Brush> {
  const found: Record<string, Brush> = {};
  for (const part of text?.split(",") ?? []) {
    const [id = "", ...wanted] = part.split("~");
    const brush = wanted[0]?.includes(":") ? readRange(wanted[0]) : readSet(wanted);
    if (id && brush) found[plain(id)] = brush;
  }
  return found;
}

function readRange(text: string): Brush | null {
  const [from, to] = text.split(":").map((each) => (each ? Number(each) : null));
  if (Number.isNaN(from) || Number.isNaN(to) || ((from ?? null) === null && (to ?? null) === null)) return null;
  return { kind: "range", from: from ?? null, to: to ?? null };
}

function readSet(parts: readonly string[]): Brush | null {
  const keys = parts.map(plain).filter((key) => key[0] === "=" || ODDS.some((odd) => oddKey(odd) === key));
  return keys.length ? { kind: "set", keys } : null;
}
