/** What is drawn as lines, as a table: a row for each place of each line, with all that stands there. */
import type { Table } from "./caption";
import type { Curve } from "./curve";
import { frameWords } from "./frame-words";
import { nearestX } from "./pointing";
import { extent } from "./range";
import type { Scene } from "./scene";
import type { Range } from "./settings";
import { halfOf, xName } from "./tooltip";

/** Of several lines each row says whose it is: lines share neither their places nor their names, and may repeat a place. */
export function tableOf(scene: Scene): Table {
  const say = frameWords();
  const { curves } = scene;
  const { band, of } = curves[0] ?? {};
  const several = curves.length > 1;
  const exact = curves.every((each) => each.exact);
  // Buckets of more than one step have no x of their own, but go from one to another.
  const half = halfOf(scene, curves[0]?.width ?? 0);
  const shows = {
    half,
    label: several,
    run: several && curves.some((each) => each.run),
    band: curves.some((each) => each.low),
    count: !exact && curves.some((each) => each.count),
    smooth: curves.some((each) => each.smooth),
  };
  const names = [
    shows.label && (shows.run ? say.run : of === undefined ? say.lineName : say.group),
    shows.run && "run_id",
    ...(half ? [say.from, say.to] : [xName(scene)]),
    band ? say.bands[band][0] : exact ? say.value : say.last,
    ...(shows.band ? say.ends[band ?? "minmax"] : []),
    shows.count && (of === undefined ? say.share : say.runCount),
    shows.smooth && say.smoothed,
  ].filter((each) => each !== false);
  return [names, ...curves.flatMap((curve) => rowsOf(curve, scene.x.range, shows))];
}

type Shows = Record<"label" | "run" | "band" | "count" | "smooth", boolean> & { half: number };

/** Frames are exact to 1e-7 of how far their values spread: digits beyond that were never logged. */
function rounding({ level, x, y, low, high }: Curve): (value: number) => number {
  if (level === undefined) return (value) => value; // of no frame
  const all: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [least, most] = extent([{ x, ys: [low ?? y, high ?? y] }], all, "linear") ?? all;
  return (value) => {
    const size = Math.abs(value);
    const beyond = Math.max(0, Math.floor(Math.log10(size / (most - least))) || 0);
    return Number(value.toPrecision(Math.min(17, Math.max(7 + beyond, Math.ceil(Math.log10(size + 1))))));
  };
}

function rowsOf(curve: Curve, [from, to]: readonly [number, number], shows: Shows): (string | number)[][] {
  const { x, y, low, high, count, smooth } = curve;
  const rows: (string | number)[][] = [];
  const { half } = shows;
  const round = rounding(curve);
  let place = -1;
  for (let at = 0; at < x.length; at += 1) {
    if (Number.isNaN(y[at]!)) continue; // a gap
    place += 1;
    if (x[at]! < from || x[at]! > to) continue;
    const row: (string | number)[] = [];
    if (shows.label) row.push(curve.label);
    if (shows.run) row.push(curve.run ?? "");
    row.push(...(half ? [x[at]! - half, x[at]! + half] : [x[at]!]), round(y[at]!));
    if (shows.band) row.push(round(low?.[at] ?? y[at]!), round(high?.[at] ?? y[at]!));
    if (shows.count) row.push(count?.[at] ?? 1);
    // The same places as a rule, so that those that repeat keep each its own.
    if (shows.smooth)
      row.push(smooth ? round(smooth.y[smooth.x[place] === x[at] ? place : nearestX(smooth.x, x[at]!)]!) : "");
    rows.push(row);
  }
  return rows;
}
