/** What a panel of one run says at its head: how the metric stands, and how far it came. */
import { number } from "../base/number";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import type { Line } from "./kind";
import { unitOf } from "./unit";

/** "0.9711 · max 0.9733 at 17": the last value, and of both ends that which it is nearer to; nothing of several runs or columns. */
export function figuresText({ name, of, rows, columns }: Found, lines: readonly Pick<Line, "run">[]): string {
  const found = of.get(lines[0]?.run ?? "")?.columns[0];
  if (lines.length !== 1 || rows < 2 || columns.length !== 1 || !found || columns[0]!.bool) return "";
  const { last, min, max, min_step: low, max_step: high } = found;
  if (typeof last !== "number" || min === null || max === null) return "";
  const say = frameWords();
  const text = unitOf(name)?.text ?? number;
  if (min === max) return text(last);
  const [end, value, step] = max - last <= last - min ? [say.short.max, max, high] : [say.short.min, min, low];
  const best = `${end} ${text(value)}`;
  return `${text(last)} · ${step === null ? best : say.at(best, number(step))}`;
}
