/** Figures of the machine: what they are called, in which order they stand, and how they are written, by the names they are logged under. */
import { number, size } from "../base/number";
import { frameWords } from "./frame-words";
import type { Unit } from "./scene";
import { SYSTEM } from "./section";
import { tickTexts } from "./ticks";

const ENDING = /_(bytes|percent|celsius|watts|count|threads)(_per_s)?$/;
const GPU = /^gpu(\d+)_(.+)$/;

/** Sizes of one axis in one unit, so that its marks are told apart: what one of it is, and its name. */
function sizeOf(values: readonly number[]): readonly [number, string] {
  const most = Math.max(1, ...values.map(Math.abs));
  const one = 1000 ** Math.min(5, Math.floor(Math.log10(most * (1 + 1e-9)) / 3));
  return [one, size(one).slice(1)];
}

/** How values of a metric of the machine are written; undefined of all others. */
export function unitOf(name: string): Unit | undefined {
  const [, what, rate] = (name.startsWith(SYSTEM) && ENDING.exec(name)) || [];
  if (!what) return undefined;
  const bytes = what === "bytes";
  const per = rate ? "/s" : "";
  const suffix = (frameWords().units as Record<string, string>)[what] ?? "";
  return {
    text: (value) => (bytes ? size(value) + per : number(value) + suffix),
    marks: (all) => {
      // Of what is counted there is no half.
      const whole = what === "count" || what === "threads";
      const ticks = whole ? all.filter(Number.isInteger) : all;
      const [one, unit] = bytes ? sizeOf(ticks) : [1, suffix];
      return { ticks, texts: tickTexts(ticks.map((each) => each / one)).map((each) => each + unit + per) };
    },
  };
}

/** What a metric of the machine is called where all are of the machine: "Network, received". */
export function titleOf(name: string): string {
  const say = frameWords();
  const own = name.slice(SYSTEM.length);
  const [, gpu, what = ""] = GPU.exec(own) ?? [];
  const said = (say.machine as Record<string, string>)[gpu ? `gpu_${what}` : own];
  return said === undefined ? own : gpu ? `GPU ${gpu}${said}` : said;
}

/** What is asked for most comes first: processor, memory, the devices. */
export function placeOf(name: string): number {
  const own = name.slice(SYSTEM.length).replace(GPU, "gpu_$2");
  const place = Object.keys(frameWords().machine).indexOf(own);
  return place < 0 ? 99 : place;
}
