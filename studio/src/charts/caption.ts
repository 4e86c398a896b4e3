/** What is said of lines in words: beside the name, to those who do not see them, and as a table. */
import type { Frame } from "../api/frame";
import type { Rows } from "../api/rows";
import { duration, number } from "../base/number";
import type { Curve } from "./curve";
import type { Scene } from "./scene";
import { placeText, xName, xText } from "./tooltip";
import { chartWords } from "./words";

function widthText({ x }: Frame): string {
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
export function noteOf(
  scene: Scene,
  frame: Frame,
  yName: string,
  part: boolean,
  remarks: readonly string[] = [],
): string {
  const say = chartWords();
  const { curves } = scene;
  const grouped = curves[0]?.of !== undefined;
  const [seen, places] = seenOf(scene, part && !grouped);
  const lost = curves.reduce((all, each) => all + each.nonfinite, 0);
  const whole = (frame.x.kind === "step" || frame.x.kind === "index") && frame.x.width <= 1;
  const buckets = frame.x.form === "buckets";
  // Buckets that reach over the edge of what is seen are counted whole, be they those of the chart or of its source.
  const about = part && buckets && (!whole || frame.level > 1) ? "≈ " : "";
  const parts = [yName && `${scene.xName} → ${yName}`, ...remarks];
  if (buckets && !whole) parts.push(say.buckets(widthText(frame)), about + say.points(seen));
  else if (!grouped && !whole && places < seen) parts.push(say.drawn(places, seen));
  else parts.push(about + (curves.length > 1 ? say.points(seen) : say.values(seen)));
  if (lost) parts.push(say.nonfinite(lost));
  return parts.filter(Boolean).join(" · ");
}

interface Lowest {
  curve: Curve;
  y: number;
  at: number;
}

/** The lowest that is drawn; of a band around a mean no run had its edge, so that the mean itself counts. */
function lowestOf(scene: Scene): Lowest | null {
  const [from, to] = scene.x.range;
  let found: Lowest | null = null;
  for (const curve of scene.curves) {
    const ys = isSpread(curve) ? curve.y : (curve.low ?? curve.y);
    for (let at = 0; at < ys.length; at += 1) {
      const x = curve.x[at]!;
      if (x >= from && x <= to && ys[at]! < (found?.y ?? Number.POSITIVE_INFINITY)) found = { curve, y: ys[at]!, at };
    }
  }
  return found;
}

const isSpread = ({ band }: Curve) => band !== undefined && band !== "minmax";

/** "Line chart, train/loss, 12 runs, step 0 to 10,000; lowest 0.213 by brave-fox at 9,200". */
export function sentenceOf(scene: Scene, name: string): string {
  const say = chartWords();
  const [from, to] = scene.x.range;
  const text = (x: number) => xText(scene.xKind, x, (to - from) / 10);
  const { curves } = scene;
  const lines = curves[0]?.of === undefined ? say.runs(curves.length) : say.groups(curves.length);
  const kind = scene.style === "points" ? say.scatter : say.line;
  const lowest = lowestOf(scene);
  if (!lowest) return [kind, name, lines, say.empty].join(", ");
  const start = [kind, name, lines, say.fromTo(xName(scene), text(from), text(to))].join(", ");
  const { curve } = lowest;
  const what = isSpread(curve) ? say.bands[curve.band!][0] : "";
  const place = placeText(scene, curve, lowest.at);
  return `${start}; ${say.lowest((scene.unit?.text ?? number)(lowest.y), what, curves.length > 1 ? curve.label : "", place)}`;
}

export type Table = readonly (readonly (string | number)[])[];

/** All rows of a metric of one run as lines of CSV, a part at a time. */
export function rowLines(run: readonly [label: string, id: string], rows: Rows, names: readonly string[]): string {
  const cells = names.map((name) => rows.columns.find((column) => column.name === name)?.cells);
  const lines = Array.from({ length: rows.count }, (_, row) => [
    ...run,
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
