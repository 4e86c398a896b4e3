/** The picture as a file: the lines with their axes and marks, as SVG and as PNG. */
import { canvasSurface, type Surface } from "../paint";
import { safe, surface } from "../svg";
import { tickTexts } from "../ticks";
import { type Axis, numberTicks, oddCounts, placeAt } from "./axis";
import { drawAll } from "./draw";
import { type Layout, topOf } from "./layout";
import type { Scene } from "./scene";
import { nameOf } from "./text";
import { parallelWords } from "./words";

/** A text of the picture, cut to the room that it has. */
interface Text {
  x: number;
  y: number;
  said: string;
  strong: boolean;
}

const TITLE = 30;
/** About how wide a letter is. */
const LETTER = 6.2;

function cut(text: string, width: number): string {
  const most = Math.max(3, Math.floor(width / LETTER));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function marksOf(axis: Axis, { top, bottom }: Layout): { place: number; said: string }[] {
  if (axis.kind === "category") {
    const every = Math.ceil((axis.categories.length * 16) / (bottom - top));
    return axis.categories.flatMap((said, index) => (index % every ? [] : [{ place: placeAt(axis, index), said }]));
  }
  if (!axis.places.some(Number.isFinite)) return [];
  const ticks = numberTicks(axis, Math.max(2, Math.floor((bottom - top) / 40)));
  const texts = tickTexts(ticks);
  return ticks.map((tick, index) => ({ place: placeAt(axis, tick), said: texts[index]! }));
}

function textsOf({ axes, lefts, layout, lines, passed, colour }: Scene): Text[] {
  const say = parallelWords();
  const title = [say.title, say.pass(passed, lines.length), colour && say.colouredBy(nameOf(colour))];
  const found: Text[] = [{ x: layout.left, y: 18, said: title.filter(Boolean).join(" · "), strong: true }];
  axes.forEach((axis, index) => {
    const x = lefts[index]!;
    const add = (y: number, said: string, strong = false) =>
      found.push({
        x: strong ? x : x + 6,
        y: y + TITLE,
        said: cut(said, (layout.gap - 12) * (strong ? 0.82 : 1)),
        strong,
      });
    add(20, axis.title, true);
    if (axis.note) found.push({ x, y: 36 + TITLE, said: axis.note, strong: false });
    for (const { place, said } of marksOf(axis, layout)) add(topOf(layout, place) + 4, said);
    for (const [odd, count] of oddCounts(axis)) add(layout.rows.get(odd)! + 4, `${say.odds[odd]} · ${count}`);
  });
  return found;
}

/** Axes over the lines, as they are seen. */
function drawWithAxes(onto: Surface, scene: Scene, grey: string, text: string): void {
  drawAll(onto, scene, grey);
  const { top, bottom } = scene.layout;
  for (const x of scene.lefts)
    onto.line(
      (pen) => {
        pen.moveTo(x, top);
        pen.lineTo(x, bottom);
      },
      { colour: text, width: 1, alpha: 0.7, dash: [] },
    );
}

interface Look {
  text: string;
  grey: string;
  ground: string;
  font: string;
}

export function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  return {
    text: style.color,
    grey: getComputedStyle(element.querySelector("canvas") ?? element).color,
    ground: getComputedStyle(document.documentElement).backgroundColor,
    font: style.fontFamily,
  };
}

export function svgOf(scene: Scene, look: Look): string {
  const { width, height } = scene.layout;
  const out: string[] = [];
  drawWithAxes(surface(out), scene, look.grey, look.text);
  const texts = textsOf(scene).map(
    ({ x, y, said, strong }) =>
      `<text x="${Math.round(x)}" y="${Math.round(y)}"${strong ? ' font-weight="600"' : ""} paint-order="stroke" stroke="${look.ground}" stroke-width="3" stroke-linejoin="round">${safe(said)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height + TITLE}" width="${Math.ceil(width)}" height="${height + TITLE}" font-family="${safe(look.font)}" font-size="11" fill="${look.text}"><rect width="100%" height="100%" fill="${look.ground}"/><g transform="translate(0 ${TITLE})">${out.join("")}</g>${texts.join("")}</svg>`;
}

export function pngOf(scene: Scene, look: Look): Promise<Blob> {
  const { width, height } = scene.layout;
  const ratio = Math.max(2, devicePixelRatio || 1);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil((height + TITLE) * ratio);
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = look.ground;
  context.fillRect(0, 0, width, height + TITLE);
  context.translate(0, TITLE);
  drawWithAxes(canvasSurface(context, 1), scene, look.grey, look.text);
  context.translate(0, -TITLE);
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.lineJoin = "round";
  for (const { x, y, said, strong } of textsOf(scene)) {
    context.font = `${strong ? "600 " : ""}11px ${look.font}`;
    context.strokeStyle = look.ground;
    context.lineWidth = 3;
    context.strokeText(said, x, y);
    context.fillStyle = look.text;
    context.fillText(said, x, y);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}
