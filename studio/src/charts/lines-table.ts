/** What is drawn as lines, as a table: a row for each place of each line, with all that stands there. */
import type { Table } from "./caption";
import type { Curve } from "./curve";
import { frameWords } from "./frame-words";
import { nearestX } from "./pointing";
import type { Scene } from "./scene";
import { xName } from "./tooltip";

/** Of several lines each row says whose it is: lines share neither their places nor their names, and may repeat a place. */
export function tableOf(scene: Scene): Table {
  const say = frameWords();
  const { curves } = scene;
  const { band, of } = curves[0] ?? {};
  const several = curves.length > 1;
  const exact = curves.every((each) => each.exact);
  const shows = {
    label: several,
    run: several && curves.some((each) => each.run),
    band: curves.some((each) => each.low),
    count: !exact && curves.some((each) => each.count),
    smooth: curves.some((each) => each.smooth),
  };
  const names = [
    shows.label && (shows.run ? say.run : of === undefined ? say.lineName : say.group),
    shows.run && "run_id",
    xName(scene),
    band ? say.bands[band][0] : exact ? say.value : say.last,
    ...(shows.band ? say.ends[band ?? "minmax"] : []),
    shows.count && (of === undefined ? say.share : say.runCount),
    shows.smooth && say.smoothed,
  ].filter((each) => each !== false);
  return [names, ...curves.flatMap((curve) => rowsOf(curve, scene.x.range, shows))];
}

type Shows = Record<"label" | "run" | "band" | "count" | "smooth", boolean>;

function rowsOf(curve: Curve, [from, to]: readonly [number, number], shows: Shows): (string | number)[][] {
  const { x, y, low, high, count, smooth } = curve;
  const rows: (string | number)[][] = [];
  let place = -1;
  for (let at = 0; at < x.length; at += 1) {
    if (Number.isNaN(y[at]!)) continue; // a gap
    place += 1;
    if (x[at]! < from || x[at]! > to) continue;
    const row: (string | number)[] = [];
    if (shows.label) row.push(curve.label);
    if (shows.run) row.push(curve.run ?? "");
    row.push(x[at]!, y[at]!);
    if (shows.band) row.push(low?.[at] ?? y[at]!, high?.[at] ?? y[at]!);
    if (shows.count) row.push(count?.[at] ?? 1);
    // The same places as a rule, so that those that repeat keep each its own.
    if (shows.smooth) row.push(smooth ? smooth.y[smooth.x[place] === x[at] ? place : nearestX(smooth.x, x[at]!)]! : "");
    rows.push(row);
  }
  return rows;
}
