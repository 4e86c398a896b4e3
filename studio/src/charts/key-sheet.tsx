/** Shows the chart's keys in the studio's sheet while it has the focus. */
import { useKeys } from "../base/keys";
import { frameWords } from "./frame-words";
import type { PlotKey } from "./plot-keys";

export function KeySheet({ keys }: { keys: readonly PlotKey[] }) {
  const say = frameWords();
  useKeys(
    say.chart,
    keys.map((key) => ({ ...key, does: key.does && say.keys[key.does] })),
  );
  return null;
}
