/** What parallel coordinates say in words: values, the sentence for those who do not see them, the rows of the table. */
import { number } from "../../base/number";
import type { Table } from "../caption";
import type { Axis, Value } from "./axis";
import type { Scene } from "./scene";
import { parallelWords } from "./words";

export function nameOf({ title, note }: Pick<Axis, "title" | "note">): string {
  return note ? `${title} · ${note}` : title;
}

export function valueText(value: Value): string {
  if (value === null || value === "") return "–";
  return typeof value === "number" ? number(value) : String(value);
}

/** "from 0.71 to 0.92"; nothing of an axis without numbers. */
export function rangeText({ kind, scale, places }: Axis): string {
  if (kind !== "number" || !places.some(Number.isFinite)) return "";
  return parallelWords().fromTo(number(scale.range[0]), number(scale.range[1]));
}

/** "Parallel coordinates, 40 runs, 3 axes: lr, batch, val/acc; 12 of 40 runs pass; coloured by val/acc from 0.71 to 0.92". */
export function sentenceOf({ axes, lines, passed, colour }: Scene): string {
  const say = parallelWords();
  const start = [say.title, say.runs(lines.length), say.axes(axes.length)].join(", ");
  return [
    say.named(start, axes.map(nameOf).join(", ")),
    passed < lines.length && say.pass(passed, lines.length),
    colour && `${say.colouredBy(nameOf(colour))} ${rangeText(colour)}`.trim(),
  ]
    .filter(Boolean)
    .join("; ");
}

/** The lines that pass, from the top as they were given. */
export function passingLines({ pass }: Scene): number[] {
  return [...pass.keys()].filter((line) => pass[line]);
}

export function tableOf(scene: Scene): Table {
  const rows = passingLines(scene).map((line) => [
    scene.lines[line]!.label,
    ...scene.axes.map(({ values }) => {
      const value = values[line]!;
      return typeof value === "number" ? value : String(value ?? "");
    }),
  ]);
  return [[parallelWords().run, ...scene.axes.map(nameOf)], ...rows];
}
