/** What is said of lines in words: beside the name, to those who do not see them, and as a table. */
import type { Frame } from "../api/frame";
import type { Rows } from "../api/rows";
import { duration, number } from "../base/number";
import type { Curve } from "./curve";
import type { Scene } from "./scene";
import { xName, xText } from "./tooltip";
import { chartWords } from "./words";

function width({ x }: Frame): string {
  const say = chartWords();
  if (x.kind === "step") return say.steps(x.width);
  if (x.kind === "index") return say.rows(x.width);
  return x.kind === "metric" ? number(x.width) : duration(x.width);
}

/** How many points are seen, and at how many places: the answer has some beside a part that was zoomed into. */
function seenOf({ curves, x }: Scene, part: boolean): [points: number, places: number] {
  const [from, to] = x.range;
  let [points, places] = [0, 0];
  for (const { n, count, x: all } of curves) {
    if (!part || !count) {
      points += n;
      places += all.length;
      continue;
    }
    for (let at = 0; at < all.length; at += 1) {
      if (all[at]! < from || all[at]! > to) continue;
      places += 1;
      points += count[at]!;
    }
  }
  return [points, places];
}

/** "buckets of 10 steps · 1,200 points", "20 values", "600 of 10,000 points drawn"; of a part of x those in it. */
export function noteOf(scene: Scene, frame: Frame, yName: string, grouped: boolean, part: boolean): string {
  const say = chartWords();
  const [seen, places] = seenOf(scene, part && !grouped);
  const lost = scene.curves.reduce((all, each) => all + each.nonfinite, 0);
  const whole = (frame.x.kind === "step" || frame.x.kind === "index") && frame.x.width <= 1;
  const parts = [yName && `${scene.xName} → ${yName}`, grouped && say.mean];
  if (frame.x.form === "buckets" && !whole) parts.push(say.buckets(width(frame)), say.points(seen));
  else if (!grouped && !whole && places < seen) parts.push(say.drawn(places, seen));
  else parts.push(scene.curves.length > 1 ? say.points(seen) : say.values(seen));
  if (lost) parts.push(say.nonfinite(lost));
  return parts.filter(Boolean).join(" · ");
}

interface Lowest {
  curve: Curve;
  y: number;
  x: number;
}

function lowestOf(scene: Scene): Lowest | null {
  const [from, to] = scene.x.range;
  let found: Lowest | null = null;
  for (const curve of scene.curves) {
    const ys = curve.low ?? curve.y;
    for (let index = 0; index < ys.length; index += 1) {
      const x = curve.x[index]!;
      if (x >= from && x <= to && ys[index]! < (found?.y ?? Number.POSITIVE_INFINITY))
        found = { curve, y: ys[index]!, x };
    }
  }
  return found;
}

/** "Line chart, train/loss, 12 runs, step 0 to 10,000; lowest 0.213 by brave-fox at 9,200". */
export function sentenceOf(scene: Scene, name: string): string {
  const say = chartWords();
  const text = (x: number) => xText(scene.xKind, x);
  const [from, to] = scene.x.range;
  const runs = say.runs(scene.curves.length);
  const kind = scene.style === "points" ? say.scatter : say.line;
  const lowest = lowestOf(scene);
  if (!lowest) return [kind, name, runs, say.empty].join(", ");
  const start = [kind, name, runs, say.fromTo(xName(scene), text(from), text(to))].join(", ");
  const y = number(lowest.y);
  const at = text(lowest.x);
  return `${start}; ${scene.curves.length > 1 ? say.lowest(y, lowest.curve.label, at) : say.lowestAlone(y, at)}`;
}

export type Table = readonly (readonly (string | number)[])[];

/** What is seen as a table: of one line its points, of several one column each over their common x. */
export function tableOf(scene: Scene): Table {
  const [from, to] = scene.x.range;
  const say = chartWords();
  const x = xName(scene);
  const single = scene.curves.length === 1 ? scene.curves[0]! : null;
  const seen = (curve: Curve) => [...curve.x.keys()].filter((at) => curve.x[at]! >= from && curve.x[at]! <= to);
  if (single) {
    const { low, high, count: counts } = single;
    const names = [x, single.label, ...(low ? ["min", "max"] : []), ...(counts ? [say.share] : [])];
    const rows = seen(single).map((at) => [
      single.x[at]!,
      single.y[at]!,
      ...(low && high ? [low[at]!, high[at]!] : []),
      ...(counts ? [counts[at]!] : []),
    ]);
    return [names, ...rows];
  }
  const rows = new Map<number, (string | number)[]>();
  scene.curves.forEach((curve, column) => {
    for (const at of seen(curve)) {
      const place = curve.x[at]!;
      const row = rows.get(place) ?? [place, ...scene.curves.map(() => "")];
      row[column + 1] = curve.y[at]!;
      rows.set(place, row);
    }
  });
  const sorted = [...rows.values()].sort((a, b) => Number(a[0]) - Number(b[0]));
  return [[x, ...scene.curves.map((each) => each.label)], ...sorted];
}

/** All rows of a metric of one run as lines of CSV, a part at a time. */
export function rowLines(run: string, rows: Rows, names: readonly string[]): string {
  const cells = names.map((name) => rows.columns.find((column) => column.name === name)?.cells);
  const lines = Array.from({ length: rows.count }, (_, row) => [
    run,
    rows.steps[row] ?? rows.first + row,
    new Date(rows.times[row]! * 1000).toISOString(),
    ...cells.map((column) => {
      const cell = column?.[row] ?? "";
      return typeof cell === "number" ? cell : String(cell);
    }),
  ]);
  return csv(lines);
}

/** A table as CSV, as RFC 4180 has it; a text that a spreadsheet would take for a formula is marked as text. */
export function csv(table: Table): string {
  const cell = (value: string | number) => {
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${table.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
