/** Charts as files: the canvas with its caption as PNG, every row as CSV. */

import { decodeRows } from "../api/rows";
import { csv, rowLines } from "./caption";
import type { Found } from "./found";
import type { Source } from "./source";

const BAR = 28;

/** The canvas below its caption. */
export function pngOf(canvas: HTMLCanvasElement, title: string, note: string): Promise<Blob> {
  const style = getComputedStyle(canvas);
  const ratio = canvas.width / (canvas.clientWidth || canvas.width);
  const made = document.createElement("canvas");
  made.width = canvas.width;
  made.height = canvas.height + BAR * ratio;
  const context = made.getContext("2d")!;
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(canvas, 0, BAR * ratio);
  context.fillStyle = style.color;
  context.font = `600 ${13 * ratio}px ${style.fontFamily}`;
  context.fillText(title, 12 * ratio, 19 * ratio);
  const left = 24 * ratio + context.measureText(title).width;
  context.font = `${11 * ratio}px ${style.fontFamily}`;
  context.globalAlpha = 0.7;
  context.fillText(note, left, 19 * ratio);
  return new Promise((resolve, reject) => {
    made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}

const AT_ONCE = 20_000;

/** Every row that these runs have of a metric, as a CSV file. */
export async function allRowsCsv(source: Source, metric: Found, labels: ReadonlyMap<string, string>): Promise<Blob> {
  const names = metric.columns.map((column) => column.name);
  const steps = [...metric.of.values()].some((each) => each.has_steps);
  const parts = [csv([["run", "run_id", steps ? "step" : "row", "time", ...names]])];
  for (const run of metric.of.keys()) {
    for (let at = 0, total = 1; at < total; ) {
      const rows = decodeRows(await source.rows(run, metric.name, at, AT_ONCE));
      if (!rows.count) break;
      parts.push(rowLines([labels.get(run) ?? run, run], rows, names));
      at += rows.count;
      total = rows.total;
    }
  }
  return new Blob(parts, { type: "text/csv" });
}
