/** Draws the lines onto a surface: each of up to 2,000, and as density where there are more. */
import type { Ink } from "../../base/colour";
import type { Pen, Surface } from "../paint";
import { type Strand, strands, strength } from "./density";
import { binSpan } from "./layout";
import { inkAt, inkOf, pathOf, type Scene } from "./scene";

/** More lines than this are no lines any more, and take longer than a hand moves. */
export const LINES = 2_000;

/** The fewer lines there are, the stronger each. */
function alphaOf(count: number): number {
  return count <= 60 ? 0.9 : count <= 300 ? 0.65 : 0.4;
}

/** Lines that do not pass stand behind those that do, in grey. */
export function drawAll(surface: Surface, scene: Scene, grey: string): void {
  drawSome(surface, scene, 0, grey);
  drawSome(surface, scene, 1, grey);
}

function drawSome(surface: Surface, scene: Scene, wanted: 0 | 1, grey: string): void {
  const { pass, passed } = scene;
  const count = wanted ? passed : pass.length - passed;
  if (!count) return;
  if (count > LINES) {
    drawDensity(surface, scene, wanted, grey);
    return;
  }
  const width = count > 60 ? 1 : 1.5;
  const alpha = alphaOf(count);
  for (let line = 0; line < pass.length; line += 1) {
    if (pass[line] !== wanted) continue;
    if (wanted) drawLine(surface, scene, line, width, alpha);
    else
      surface.line((pen) => trace(pen, pathOf(scene, line)), { colour: grey, width: 1, alpha: 0.6 * alpha, dash: [] });
  }
}

export function drawLine(
  surface: Surface,
  scene: Scene,
  line: number,
  width: number,
  alpha: number,
  { colour, dash }: Ink = inkOf(scene, line),
): void {
  const path = pathOf(scene, line);
  // On one axis alone there is nothing to join.
  if (path.length === 1) surface.dot(path[0]![0], path[0]![1], 2 + width, colour, alpha);
  else surface.line((pen) => trace(pen, path), { colour, width, alpha, dash });
}

function trace(pen: Pen, path: readonly (readonly [number, number])[]): void {
  path.forEach(([x, y], index) => {
    if (index) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  });
}

function drawDensity(surface: Surface, scene: Scene, wanted: 0 | 1, grey: string): void {
  const { axes, lefts, pass, colour, dark } = scene;
  const shares = wanted && colour ? colour.places : null;
  const gaps = axes.slice(1).map((axis, index) => strands(axes[index]!, axis, pass, wanted, shares));
  const most = Math.max(1, ...gaps.map((gap) => gap[gap.length - 1]?.count ?? 1));
  gaps.forEach((gap, index) => {
    for (const strand of gap) {
      const ink = wanted && colour ? inkAt(colour, strand.share, dark).colour : grey;
      const alpha = strength(strand.count, most) * (wanted ? 1 : 0.4);
      surface.area((pen) => ribbon(pen, scene, strand, lefts[index]!, lefts[index + 1]!), ink, alpha);
    }
  });
}

function ribbon(pen: Pen, { layout }: Scene, { a, b }: Strand, left: number, right: number): void {
  const [top, bottom] = binSpan(layout, a);
  const [rightTop, rightBottom] = binSpan(layout, b);
  pen.moveTo(left, top);
  pen.lineTo(right, rightTop);
  pen.lineTo(right, rightBottom);
  pen.lineTo(left, bottom);
  pen.closePath();
}
