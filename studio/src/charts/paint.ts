/** Draws lines onto a surface: the canvas of a chart, or the paths of an SVG file. */
import { CROWD } from "./asking";
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

/** Long jagged paths are filled in pieces of so many steps: each row of pixels is compared with all the edges of a path. */
const PIECE = 24;
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
  width: number,
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
    { colour, width, alpha, dash },
  );
  for (const index of single) surface.dot(px(x[index]!), py(y[index]!), 3, colour, alpha);
}

function paintBand(
  surface: Surface,
  curve: Curve,
  px: Project,
  py: Project,
  look: Look,
  alpha: number,
  filled: boolean,
): void {
  const { x, low, high } = curve;
  if (!low || !high) return;
  // Of a logarithmic axis the band ends at its foot where the low edge is not above zero.
  const foot = (value: number) => (Number.isFinite(py(value)) ? py(value) : py(Number.MIN_VALUE));
  const along = (each: (start: number, end: number) => void) =>
    stretches(high, py, window(x, curve.sorted, look.from, look.to), each);
  const side = (pen: Pen, y: Float64Array, from: number, to: number) => {
    for (let at = from; at !== to; at += Math.sign(to - from)) pen.lineTo(px(x[at]!), foot(y[at]!));
  };
  const area = (pen: Pen) =>
    along((start, end) => {
      for (let a = start; a === start || a < end - 1; a += PIECE) {
        const b = Math.min(end, a + PIECE + 1);
        pen.moveTo(px(x[a]!), foot(high[a]!));
        side(pen, high, a + 1, b);
        side(pen, low, b - 1, a - 1);
        pen.closePath();
      }
    });
  // Above and below, each by itself: where a band ends, or is cut at the edge of the chart, is no line of the data. But of one
  // place alone it is all there is.
  const edges = (pen: Pen) =>
    along((start, end) => {
      for (const y of [high, low]) {
        pen.moveTo(px(x[start]!), foot(y[start]!));
        if (end - start === 1) pen.lineTo(px(x[start]!), foot(low[start]!));
        side(pen, y, start + 1, end);
      }
    });
  if (filled) surface.area(area, curve.ink.colour, 0.16 * alpha);
  // So that an extreme of one bucket is seen however narrow it is.
  surface.line(edges, { colour: curve.ink.colour, width: 1, alpha: 0.28 * alpha, dash: [] });
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
  // In a crowd each is a hairline and its band an edge alone, but of the one that stands out: they are told apart better than
  // under fifty layers of colour, and drawn in a fifth of the time.
  const inCrowd = (curve: Curve) => curves.length > CROWD && nameOf(curve) !== look.highlighted;
  for (const curve of ordered) paintBand(surface, curve, px, py, look, alpha(curve), !inCrowd(curve));
  for (const curve of ordered) {
    const { smooth } = curve;
    const width = inCrowd(curve) ? 1 : LINE;
    paintLine(surface, curve.x, curve.y, curve, px, py, look, alpha(curve) * (smooth ? GHOST : 1), width);
    if (smooth) paintLine(surface, smooth.x, smooth.y, curve, px, py, look, alpha(curve), width);
  }
}

/**
 * Draws each piece of a line by itself, its dashes going on. The last step of a piece is the first of the next once more, so
 * that they join as within one; but of a line that is seen through, since it would be darker there.
 */
function strokes(context: CanvasRenderingContext2D, again: boolean): Pen {
  let steps = 0;
  let [x1, y1, along1] = [0, 0, 0]; // the place before the last one, and how long the line is up to there
  let [x2, y2, along2] = [0, 0, 0];
  const end = (along: number) => {
    context.stroke();
    context.beginPath();
    context.lineDashOffset = along;
    steps = 0;
  };
  return {
    moveTo(x, y) {
      end(0);
      context.moveTo(x, y);
      [x2, y2, along2] = [x, y, 0];
    },
    lineTo(x, y) {
      if (steps === PIECE) {
        end(again ? along1 : along2);
        if (again) context.moveTo(x1, y1);
        context[again ? "lineTo" : "moveTo"](x2, y2);
      }
      context.lineTo(x, y);
      [x1, y1, along1] = [x2, y2, along2];
      [x2, y2, along2] = [x, y, along1 + Math.hypot(x - x1, y - y1)];
      steps += 1;
    },
    closePath: () => context.closePath(),
  };
}

/** A canvas whose pixels are so many to a CSS pixel. */
export function canvasSurface(context: CanvasRenderingContext2D, ratio: number): Surface {
  const areas: Pen = {
    moveTo: (x, y) => context.moveTo(x, y),
    lineTo: (x, y) => context.lineTo(x, y),
    closePath() {
      context.fill();
      context.beginPath();
    },
  };
  return {
    line(draw, { colour, width, alpha, dash }) {
      context.beginPath();
      context.globalAlpha = alpha;
      context.strokeStyle = colour;
      context.lineWidth = width * ratio;
      context.lineJoin = "round";
      context.setLineDash(dash.map((each) => each * ratio));
      context.lineDashOffset = 0;
      draw(width * ratio > 1 ? strokes(context, alpha === 1) : context); // a hairline is quick as it is
      context.stroke();
    },
    area(draw, colour, alpha) {
      context.beginPath();
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      draw(areas);
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
