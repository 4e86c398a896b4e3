/** A chart as an SVG file: the same lines, marks and texts as on the canvas, as paths. */
import { yMarks } from "./easel";
import { type Pen, paint, polyline, type Surface } from "./paint";
import { projection } from "./scale";
import type { Scene } from "./scene";
import { xTexts, xTicks } from "./ticks";

const WIDTH = 640;
const HEIGHT = 320;
const PAD = { left: 64, right: 16, top: 32, bottom: 28 };

export const safe = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const short = (value: number): string => String(Math.round(value * 100) / 100);

class PathPen implements Pen {
  readonly parts: string[] = [];
  moveTo(x: number, y: number): void {
    this.parts.push(`M${short(x)} ${short(y)}`);
  }
  lineTo(x: number, y: number): void {
    this.parts.push(`L${short(x)} ${short(y)}`);
  }
  closePath(): void {
    this.parts.push("Z");
  }
}

/** Draws into parts of an SVG file. */
export function surface(out: string[]): Surface {
  const path = (draw: (pen: Pen) => void): string => {
    const pen = new PathPen();
    draw(pen);
    return pen.parts.join("");
  };
  return {
    line: (draw, { colour, width, alpha, dash }) => {
      const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
      out.push(
        `<path d="${path(draw)}" fill="none" stroke="${safe(colour)}" stroke-width="${width}" stroke-opacity="${short(alpha)}" stroke-linejoin="round"${dashes}/>`,
      );
    },
    area: (draw, colour, alpha) => {
      out.push(`<path d="${path(draw)}" fill="${safe(colour)}" fill-opacity="${short(alpha)}"/>`);
    },
    dot: (x, y, radius, colour, alpha) => {
      out.push(
        `<circle cx="${short(x)}" cy="${short(y)}" r="${radius}" fill="${safe(colour)}" fill-opacity="${short(alpha)}"/>`,
      );
    },
  };
}

/** The file; colours of texts and of the ground are those that the element has. */
export function svg(scene: Scene, element: Element, title: string): string {
  const style = getComputedStyle(element);
  const [left, right, top, bottom] = [PAD.left, WIDTH - PAD.right, PAD.top, HEIGHT - PAD.bottom];
  const px = projection(scene.x, left, right);
  const py = projection(scene.y, bottom, top);
  const out: string[] = [];
  const text = (x: number, y: number, said: string, more = "") =>
    out.push(`<text x="${short(x)}" y="${short(y)}" ${more}>${safe(said)}</text>`);
  const ys = yMarks(scene, 8 * 22);
  ys.texts.forEach((said, index) => {
    const y = py(ys.ticks[index]!);
    out.push(`<path d="M${left} ${short(y)}H${right}" stroke="currentColor" stroke-opacity=".12"/>`);
    text(left - 6, y + 4, said, 'text-anchor="end"');
  });
  const xs = xTicks(scene.xKind, scene.x, 8);
  xTexts(scene.xKind, xs).forEach((said, index) => {
    text(px(xs[index]!), bottom + 18, said, 'text-anchor="middle"');
  });
  out.push(`<path d="M${left} ${bottom}H${right}" stroke="currentColor" stroke-opacity=".5"/>`);
  text(left, 18, title, 'font-weight="600"');
  out.push(
    `<clipPath id="plot"><path d="M${left - 1} ${top - 3}H${right + 1}V${bottom + 1}H${left - 1}Z"/></clipPath><g clip-path="url(#plot)">`,
  );
  const drawn = surface(out);
  for (const guide of scene.guides ?? [])
    drawn.line((pen) => polyline(pen, guide, px, py), { colour: "currentColor", width: 1, alpha: 0.5, dash: [4, 3] });
  const [from, to] = scene.x.range;
  paint(drawn, scene.curves, px, py, { style: scene.style, highlighted: null, from, to });
  out.push("</g>");
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="${safe(style.fontFamily)}" font-size="11" color="${style.color}" fill="${style.color}"><rect width="100%" height="100%" fill="${ground}"/>${out.join("")}</svg>`;
}
