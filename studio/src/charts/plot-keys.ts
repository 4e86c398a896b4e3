/** What keys do in a chart that has the focus. */
import type { Signal } from "@preact/signals";
import type { Curve } from "./curve";
import type { Engine } from "./engine";
import { type Hovered, nearestIndex, together } from "./pointing";
import type { Scene } from "./scene";
import type { Range } from "./settings";
import type { Zoom } from "./zoom";

/** What the owner of a chart does for it. */
export interface Actions {
  table?: () => void;
  maximise?: () => void;
  save?: () => void;
}

/** A key of a chart. */
export interface PlotKey {
  keys: string;
  /** What it does, by the name of its words; empty for those that the words of another one tell of. */
  does: KeyName | "";
  run: () => void;
}

export type KeyName = "cursor" | "ends" | "series" | "zoom" | "pan" | "reset" | "back" | "table" | "full" | "save";

interface Latest {
  current: { scene: Scene; zoom: Zoom; actions?: Actions };
}

/** The cursor stands on a point of a line: from there to the next one with another x. */
function walk(curve: Curve, index: number, by: number, range: Range): number {
  let at = index;
  for (let left = Math.abs(by); left > 0; left -= 1) {
    let next = at + Math.sign(by);
    while (next >= 0 && next < curve.x.length && curve.x[next] === curve.x[at]) next += Math.sign(by);
    if (next < 0 || next >= curve.x.length || curve.x[next]! < range[0] || curve.x[next]! > range[1]) break;
    at = next;
  }
  return at;
}

export function plotKeys(
  latest: Latest,
  engine: { current: Engine | null },
  hovered: Signal<Hovered | null>,
): PlotKey[] {
  let line = 0;
  let at = -1;

  /** Stand on a point: the others beside it are shown with it. */
  const stand = (index: number) => {
    const { curves } = latest.current.scene;
    const curve = curves[line];
    if (!curve || !engine.current || index < 0) return;
    at = index;
    const x = curve.x[index]!;
    const [left, top] = [engine.current.toLeft(x), engine.current.toTop(curve.y[index]!)];
    const beside = curves.flatMap((each) => {
      const found = each === curve ? index : nearestIndex(each, x);
      return found < 0 || (each !== curve && !each.sorted)
        ? []
        : [pointOf(engine.current!, each, found, each === curve)];
    });
    hovered.value = { points: together(beside), left, top };
    engine.current.cursor(x);
  };
  const here = (): Curve | undefined => {
    const { curves } = latest.current.scene;
    if (line >= curves.length) line = 0;
    return curves[line];
  };
  const step = (by: number) => () => {
    const curve = here();
    if (!curve?.x.length) return;
    const { range } = latest.current.scene.x;
    const start = hovered.peek() && at >= 0 && at < curve.x.length ? at : -1;
    stand(start < 0 ? nearestIndex(curve, by > 0 ? range[0] : range[1]) : walk(curve, start, by, range));
  };
  const end = (which: 0 | 1) => () => {
    const curve = here();
    if (curve?.x.length) stand(nearestIndex(curve, latest.current.scene.x.range[which]));
  };
  const other = (by: number) => () => {
    const { curves } = latest.current.scene;
    const x = here()?.x[at] ?? latest.current.scene.x.range[0];
    line = (line + by + curves.length) % Math.max(1, curves.length);
    const curve = here();
    if (curve?.x.length) stand(nearestIndex(curve, x));
  };
  const zoom = (factor: number, share: number) => () => {
    const { scene, zoom: into } = latest.current;
    const [from, to] = scene.x.range;
    const middle = (from + to) / 2 + (to - from) * share;
    const half = ((to - from) / 2) * factor;
    into.set([middle - half, middle + half], into.y);
  };
  const act = (name: keyof Actions) => () => latest.current.actions?.[name]?.();
  return [
    { keys: "ArrowRight", does: "cursor", run: step(1) },
    { keys: "ArrowLeft", does: "", run: step(-1) },
    { keys: "Shift+ArrowRight", does: "", run: step(10) },
    { keys: "Shift+ArrowLeft", does: "", run: step(-10) },
    { keys: "Home", does: "ends", run: end(0) },
    { keys: "End", does: "", run: end(1) },
    { keys: "ArrowUp", does: "", run: other(-1) },
    { keys: "ArrowDown", does: "series", run: other(1) },
    { keys: "+", does: "zoom", run: zoom(0.5, 0) },
    { keys: "-", does: "", run: zoom(2, 0) },
    { keys: "w", does: "", run: zoom(0.5, 0) },
    { keys: "s", does: "", run: zoom(2, 0) },
    { keys: "a", does: "pan", run: zoom(1, -0.25) },
    { keys: "d", does: "", run: zoom(1, 0.25) },
    { keys: "0", does: "reset", run: () => latest.current.zoom.set(null, null) },
    { keys: "Backspace", does: "back", run: () => latest.current.zoom.back() },
    { keys: "Enter", does: "table", run: act("table") },
    { keys: "v", does: "full", run: act("maximise") },
    { keys: "Shift+s", does: "save", run: act("save") },
  ];
}

function pointOf(engine: Engine, curve: Curve, index: number, own: boolean) {
  const top = engine.toTop(curve.y[index]!);
  return { curve, index, left: engine.toLeft(curve.x[index]!), top, distance: own ? -1 : 1 };
}
