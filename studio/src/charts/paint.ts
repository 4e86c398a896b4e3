/** Draws lines onto a surface: the canvas of a chart, or the paths of an SVG file. */
import type { Curve } from "./curve";

export type Style = "line" | "step" | "points";

export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
}

export interface Stroke {
  colour: string;
  /** In CSS pixels. */
  width: number;
  alpha: number;
  dash: readonly number[];
}

export interface Surface {
  line(draw: (pen: Pen) => void, stroke: Stroke): void;
  area(draw: (pen: Pen) => void, colour: string, alpha: number): void;
  dot(x: number, y: number, radius: number, colour: string, alpha: number): void;
}

export type Project = (value: number) => number;

export interface Look {
  style: Style;
  /** The run or group whose line stands out; the others fade. */
  highlighted: string | null;
  /** From where to where x is seen, so that what is far outside is left out. */
  from: number;
  to: number;
}

const LINE = 1.5;
const FADED = 0.2;
const GHOST = 0.25;

/** What a line is highlighted by. */
export const nameOf = (curve: Pick<Curve, "run" | "label">): string => curve.run ?? curve.label;

/** First and last index (without) that is seen, with a neighbour on both sides. */
function window(x: Float64Array, sorted: boolean, from: number, to: number): [number, number] {
  if (!sorted) return [0, x.length];
  let first = 0;
  while (first < x.length && x[first]! < from) first += 1;
  let last = x.length;
  while (last > first && x[last - 1]! > to) last -= 1;
  return [Math.max(0, first - 1), Math.min(x.length, last + 1)];
}

/** Calls for each stretch without a gap: its first index and the one after its last. */
function stretches(
  y: Float64Array,
  py: Project,
  [from, to]: readonly [number, number],
  each: (a: number, b: number) => void,
): void {
  let start = -1;
  for (let index = from; index <= to; index += 1) {
    const there = index < to && Number.isFinite(py(y[index]!));
    if (there && start < 0) start = index;
    if (!there && start >= 0) {
      each(start, index);
      start = -1;
    }
  }
}

function trace(
  pen: Pen,
  x: Float64Array,
  y: Float64Array,
  px: Project,
  py: Project,
  a: number,
  b: number,
  step: boolean,
): void {
  pen.moveTo(px(x[a]!), py(y[a]!));
  for (let index = a + 1; index < b; index += 1) {
    const right = px(x[index]!);
    if (step) pen.lineTo(right, py(y[index - 1]!));
    pen.lineTo(right, py(y[index]!));
  }
}

function paintLine(
  surface: Surface,
  x: Float64Array,
  y: Float64Array,
  curve: Curve,
  px: Project,
  py: Project,
  look: Look,
  alpha: number,
): void {
  const { colour, dash } = curve.ink;
  const seen = window(x, curve.sorted, look.from, look.to);
  if (look.style === "points") {
    for (let index = seen[0]; index < seen[1]; index += 1) {
      const [left, top] = [px(x[index]!), py(y[index]!)];
      if (Number.isFinite(left) && Number.isFinite(top)) surface.dot(left, top, 2.5, colour, alpha * 0.75);
    }
    return;
  }
  const single: number[] = [];
  surface.line(
    (pen) =>
      stretches(y, py, seen, (a, b) => {
        if (b - a === 1) single.push(a);
        else trace(pen, x, y, px, py, a, b, look.style === "step");
      }),
    { colour, width: LINE, alpha, dash },
  );
  for (const index of single) surface.dot(px(x[index]!), py(y[index]!), 3, colour, alpha);
}

function paintBand(surface: Surface, curve: Curve, px: Project, py: Project, look: Look, alpha: number): void {
  const { x, low, high } = curve;
  if (!low || !high) return;
  // Of a logarithmic axis the band ends at its foot where the low edge is not above zero.
  const foot = (value: number) => (Number.isFinite(py(value)) ? py(value) : py(Number.MIN_VALUE));
  const draw = (pen: Pen) =>
    stretches(high, py, window(x, curve.sorted, look.from, look.to), (a, b) => {
      pen.moveTo(px(x[a]!), py(high[a]!));
      for (let index = a + 1; index < b; index += 1) pen.lineTo(px(x[index]!), py(high[index]!));
      for (let index = b - 1; index >= a; index -= 1) pen.lineTo(px(x[index]!), foot(low[index]!));
      pen.closePath();
    });
  surface.area(draw, curve.ink.colour, 0.16 * alpha);
  // Its edge too, so that an extreme of one bucket is seen however narrow it is.
  surface.line(draw, { colour: curve.ink.colour, width: 1, alpha: 0.28 * alpha, dash: [] });
}

/** A line through all its places, as guides are drawn. */
export function polyline(pen: Pen, line: { x: Float64Array; y: Float64Array }, px: Project, py: Project): void {
  line.x.forEach((each, index) => {
    if (index) pen.lineTo(px(each), py(line.y[index]!));
    else pen.moveTo(px(each), py(line.y[index]!));
  });
}

/** Bands below, then lines, the one that stands out last. */
export function paint(surface: Surface, curves: readonly Curve[], px: Project, py: Project, look: Look): void {
  const faded = (curve: Curve) => look.highlighted !== null && nameOf(curve) !== look.highlighted;
  const known = curves.some((curve) => !faded(curve));
  const alpha = (curve: Curve) => (known && faded(curve) ? FADED : 1);
  const ordered = [...curves].sort((a, b) => alpha(a) - alpha(b));
  for (const curve of ordered) paintBand(surface, curve, px, py, look, alpha(curve));
  for (const curve of ordered) {
    const { smooth } = curve;
    paintLine(surface, curve.x, curve.y, curve, px, py, look, alpha(curve) * (smooth ? GHOST : 1));
    if (smooth) paintLine(surface, smooth.x, smooth.y, curve, px, py, look, alpha(curve));
  }
}

/** A canvas whose pixels are so many to a CSS pixel. */
export function canvasSurface(context: CanvasRenderingContext2D, ratio: number): Surface {
  const path = (draw: (pen: Pen) => void) => {
    context.beginPath();
    draw(context);
  };
  return {
    line(draw, { colour, width, alpha, dash }) {
      path(draw);
      context.globalAlpha = alpha;
      context.strokeStyle = colour;
      context.lineWidth = width * ratio;
      context.lineJoin = "round";
      context.setLineDash(dash.map((each) => each * ratio));
      context.stroke();
    },
    area(draw, colour, alpha) {
      path(draw);
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.fill();
    },
    dot(x, y, radius, colour, alpha) {
      context.beginPath();
      context.arc(x, y, radius * ratio, 0, 2 * Math.PI);
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.fill();
    },
  };
}
