/** What stands on a chart's canvas: lines, and the marks of its axes. */
import { canvasSurface, type Project, paint, polyline } from "./paint";
import { projection, type Scale } from "./scale";
import type { Scene } from "./scene";
import type { Range } from "./settings";
import { tickTexts, valueTicks, xTexts, xTicks } from "./ticks";

export interface Colours {
  text: string;
  grid: string;
  axis: string;
  font: string;
}

export interface Host {
  /** The pointer, in CSS pixels from the corner of the plot; null when it left. */
  onPointer: (at: { left: number; top: number } | null) => void;
  onSelect: (x: Range, y: Range | null) => void;
  onBack: () => void;
  onWheel: (x: number, factor: number) => void;
}

/** A drag shorter than this is a click. */
export const DRAG = 4;
export const FONT = 10.5;
/** About how wide a digit is. */
const LETTER = 6.4;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Pixels of the canvas in one of CSS. */
  ratio: number;
}

/** Draw the lines of a scene into a part of a canvas, given in pixels of the canvas. */
export function drawn(
  context: CanvasRenderingContext2D,
  { left, top, width, height, ratio }: Box,
  scene: Scene,
  colours: Colours,
  highlighted: string | null,
): void {
  const px: Project = projection(scene.x, left, left + width);
  const py: Project = projection(scene.y, top + height, top);
  context.save();
  context.beginPath();
  // A little wider than the plot, so that lines along its edges keep their width, and points at its ends are whole.
  const beside = (scene.style === "points" ? 3 : 1) * ratio;
  context.rect(left - beside, top - 3 * ratio, width + 2 * beside, height + 4 * ratio);
  context.clip();
  const surface = canvasSurface(context, ratio);
  for (const guide of scene.guides ?? []) {
    const stroke = { colour: colours.text, width: 1, alpha: 0.7, dash: [4, 3] };
    surface.line((pen) => polyline(pen, guide, px, py), stroke);
  }
  const [from, to] = scene.x.range;
  paint(surface, scene.curves, px, py, { style: scene.style, highlighted, from, to });
  context.restore();
}

interface Marks {
  ticks: number[];
  texts: string[];
}

/** As many marks of x as have room beside each other. */
export function xMarks({ xKind, x }: Scene, width: number): Marks {
  for (let most = Math.max(2, Math.floor(width / 44)); ; most -= 1) {
    const ticks = xTicks(xKind, x, most);
    const texts = xTexts(xKind, ticks);
    const longest = Math.max(0, ...texts.map((text) => text.length)) * LETTER + 14;
    if (most <= 2 || longest * ticks.length <= width) return { ticks, texts };
  }
}

/** The number at a share of a scale. */
export function unproject({ range, forward, back }: Scale, share: number): number {
  const [low, high] = [forward(range[0]), forward(range[1])];
  return back(low + share * (high - low));
}

/** Marks of y, as many as the height has room for. */
export function yMarks({ style, unit, y }: Scene, height: number): Marks {
  const ticks = style === "step" ? [0, 1] : valueTicks(y, Math.max(2, Math.floor(height / 22)));
  return unit?.marks(ticks) ?? { ticks, texts: tickTexts(ticks) };
}
