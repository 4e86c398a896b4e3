/** What a panel of one run says at its head: how the metric stands, and how far it came. */
import { betterEnd } from "../base/better";
import { number } from "../base/number";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import type { Line } from "./kind";
import type { XKind } from "./settings";
import { unitOf } from "./unit";

/**
 * "last 0.9711", "· max 0.9733", "at 17": the last value, and the better end with its step; both ends, in one piece, where the name
 * does not say which is better. Nothing of several runs or columns.
 */
export function figuresText(metric: Found, lines: readonly Pick<Line, "run">[], x: XKind): string[] {
  const { name, of, rows, columns } = metric;
  const own = of.get(lines[0]?.run ?? "");
  const found = own?.columns[0];
  if (lines.length !== 1 || rows < 2 || columns.length !== 1 || !found || columns[0]!.bool) return [];
  const { last, min, max } = found;
  if (typeof last !== "number" || min === null || max === null) return [];
  const say = frameWords();
  const text = unitOf(name)?.text ?? number;
  const figure = (which: "last" | "min" | "max") => `${say.short[which]} ${text(found[which] as number)}`;
  if (min === max) return [figure("last")];
  const end = betterEnd(name);
  if (!end) return [figure("last"), `· ${figure("min")} · ${figure("max")}`];
  const step = found[`${end}_step`];
  // Rows without steps stand at their index; of time that index says nothing.
  const axis = x === "step" || (x === "index" && !own.has_steps);
  const place = step === null || !(axis || own.has_steps) ? [] : [(axis ? say.at : say.atStep)(number(step))];
  return [figure("last"), `· ${figure(end)}`, ...place];
}
