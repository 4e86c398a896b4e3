/** What a caption says first, since it is easily overlooked: what lines and bands are of groups, and what is not drawn of them. */
import type { Curve } from "./curve";
import { frameWords } from "./frame-words";
import type { Scene } from "./scene";

/** Places whose values are not all seen: beyond the ends of an axis that leaves outliers out, and without a logarithm. */
function unseenOf({ curves, x, y, outliers }: Scene): { beyond: number; flat: number } {
  const found = { beyond: 0, flat: 0 };
  if (!outliers && y.kind !== "log") return found;
  for (const curve of curves)
    curve.x.forEach((place, at) => {
      if (place < x.range[0] || place > x.range[1] || curve.count?.[at] === 0) return;
      const least = (curve.low ?? curve.y)[at]!;
      if (y.kind === "log" && least <= 0) found.flat += 1;
      else if (outliers && (least < y.range[0] || (curve.high ?? curve.y)[at]! > y.range[1])) found.beyond += 1;
    });
  return found;
}

/** "mean ± std"; nothing of runs. */
function bandText(curve: Curve | undefined): string {
  if (!curve?.band) return "";
  return frameWords().bands[curve.band].join(curve.band === "std" ? " ± " : ", ");
}

/** "first 100 of 120 runs", where a group has more than are drawn. */
function takenText(curves: readonly Curve[]): string {
  const large = curves.filter(({ of = 0, taken = 0 }) => taken < of);
  const sum = (what: "of" | "taken") => large.reduce((all, each) => all + each[what]!, 0);
  return large.length ? frameWords().taken(sum("taken"), sum("of")) : "";
}

export function remarksOf(scene: Scene): string[] {
  const say = frameWords();
  const { curves } = scene;
  const { beyond, flat } = unseenOf(scene);
  const buckets = curves.some((each) => !each.exact);
  return [
    bandText(curves.find((each) => each.band)),
    takenText(curves),
    flat && say.flat(flat, buckets),
    beyond && say.beyond(beyond, buckets),
  ]
    .filter((each) => typeof each === "string")
    .filter(Boolean);
}
