/** What a reader chose of parallel coordinates - axes, scales, colour, ranges - and its form in a link. */
import { type Brush, brushesText, escaped, plain, readBrushes } from "./brush";

/** Each line in the colour of its run. */
export const OWN = "run";

export interface Choice {
  /** Ids of the axes from left to right; null: what the page chooses by itself. */
  axes: readonly string[] | null;
  /** The id of the axis that gives the colour, or `OWN`; null: as usual. */
  colour: string | null;
  /** Of the axes whose scale was chosen: whether it is logarithmic. */
  logs: Readonly<Record<string, boolean>>;
  brushes: Readonly<Record<string, Brush>>;
}

const QUERY_NAMES = ["c", "by", "sc", "br"] as const;

export function readChoice(query: URLSearchParams): Choice {
  const logs: Record<string, boolean> = {};
  for (const part of query.get("sc")?.split(",") ?? []) {
    const [id = "", kind] = part.split("~");
    if (kind === "log" || kind === "linear") logs[plain(id)] = kind === "log";
  }
  const axes = query.get("c");
  return {
    axes: axes === null ? null : [...new Set(axes.split(",").filter(Boolean).map(plain))],
    colour: query.get("by"),
    logs,
    brushes: readBrushes(query.get("br")),
  };
}

export function choiceQuery(choice: Choice): Record<(typeof QUERY_NAMES)[number], string | null> {
  const logs = Object.entries(choice.logs).map(([id, log]) => `${escaped(id)}~${log ? "log" : "linear"}`);
  return {
    c: choice.axes?.map(escaped).join(",") || null,
    by: choice.colour,
    sc: logs.join(",") || null,
    br: brushesText(choice.brushes),
  };
}

/** A list with one of it moved to another place. */
export function moved<Item>(items: readonly Item[], item: Item, to: number): Item[] {
  const rest = items.filter((each) => each !== item);
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, item);
  return rest;
}

/** Likewise of a record, with a part put in or, as null, taken out. */
export function withPart<Part>(
  of: Readonly<Record<string, Part>>,
  id: string,
  part: Part | null,
): Record<string, Part> {
  const next = { ...of };
  delete next[id];
  return part === null ? next : { ...next, [id]: part };
}
