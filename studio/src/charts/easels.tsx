/** What the studio draws charts with: its engine's code comes while the points do, and what shows no lines does without it. */
import "./uplot.css";
import { useKeys } from "../base/keys";
import type { EaselClass, Easels } from "./easel";
import { frameWords } from "./frame-words";
import type { PlotKey } from "./plot-keys";

let loaded: EaselClass | null = null;

/** Shows the chart's keys in the sheet while it has the focus. */
function Sheet({ keys }: { keys: readonly PlotKey[] }) {
  const say = frameWords();
  useKeys(
    say.chart,
    keys.map((key) => ({ ...key, does: key.does && say.keys[key.does] })),
  );
  return null;
}

export const easels: Easels = {
  get now() {
    return loaded;
  },
  coming: import("./engine").then((module) => {
    loaded = module.Engine;
  }),
  sheet: Sheet,
};
