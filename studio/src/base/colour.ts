/** Colours of runs: twelve hues by the hash of the run's id, or chosen; those of one screen differ. */
import { signal } from "@preact/signals";
import { keep, keptJson } from "./keeping";

/** In OKLCH, lightness alternating, the first eight told apart with each of the three colour-vision deficiencies. */
export const PALETTE: readonly string[] = [
  "oklch(58% .16 257)",
  "oklch(68% .16 55)",
  "oklch(57% .13 160)",
  "oklch(56% .19 12)",
  "oklch(66% .12 215)",
  "oklch(54% .17 305)",
  "oklch(71% .13 95)",
  "oklch(52% .10 235)",
  "oklch(66% .17 340)",
  "oklch(55% .13 130)",
  "oklch(62% .14 35)",
  "oklch(67% .10 190)",
];

/** Beyond the palette the hues come again with these dashes. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

export interface Ink {
  colour: string;
  dash: readonly number[];
}

/** FNV-1a: stable over sessions and machines. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Which ink: the hue, and how often it came before. */
const inkAt = (place: number): Ink => ({
  colour: PALETTE[place % PALETTE.length]!,
  dash: DASHES[Math.min(Math.floor(place / PALETTE.length), DASHES.length - 1)]!,
});

/** Of a run that stands alone: its own hue. */
export const inkOf = (id: string): Ink => inkAt(hash(id) % PALETTE.length);

/** Where an id's own hue is, or the next that nobody took; hues come again when all of them are taken. */
function free(id: string, taken: ReadonlySet<number>): number {
  const own = hash(id) % PALETTE.length;
  for (let round = 0; ; round += PALETTE.length)
    for (let step = 0; step < PALETTE.length; step += 1) {
      const place = round + ((own + step) % PALETTE.length);
      if (!taken.has(place)) return place;
    }
}

/** So many choices are kept, the newest. */
const KEPT = 1_000;

function chosenBefore(): ReadonlyMap<string, number> {
  const found = keptJson("hues");
  const pairs = (Array.isArray(found) ? found : []).filter((each) => Array.isArray(each));
  return new Map(pairs.filter(([, hue]) => typeof hue === "number" && hue in PALETTE) as [string, number][]);
}

/** Hues that somebody chose for runs, kept in this browser. */
const chosen = /* @__PURE__ */ signal(/* @__PURE__ */ chosenBefore()); // the widget never reads them

/** The hue that was chosen for a run, as a place in the palette. */
export const hueOf = (id: string): number | undefined => chosen.value.get(id);

/** Give a run this hue on every page; null gives back its own. */
export function choose(id: string, hue: number | null): void {
  const next = new Map(chosen.peek());
  next.delete(id);
  if (hue !== null) next.set(id, hue);
  chosen.value = next;
  keep("hues", JSON.stringify([...next].slice(-KEPT)));
}

/** What was dealt since the studio was opened: a run keeps its ink from page to page. */
const dealt = new Map<string, number>();

/**
 * An ink for each id, no two alike while there are enough: the hue that was chosen for it, else the one that it has already,
 * else its own hue or the next free one. Of several with one chosen hue all but the first are dashed. The order of the ids does not count: runs that are sorted anew look as before.
 */
export function inks(ids: readonly string[], known: Map<string, number> = dealt): Map<string, Ink> {
  const places = new Map<string, number>();
  const taken = new Set<number>();
  const give = (id: string, place: number) => {
    places.set(id, place);
    taken.add(place);
  };
  const sorted = [...new Set(ids)].sort();
  for (const id of sorted) {
    let place = hueOf(id);
    if (place === undefined) continue;
    while (taken.has(place)) place += PALETTE.length;
    give(id, place);
  }
  for (const id of sorted) {
    if (places.has(id)) continue;
    const place = known.get(id);
    if (place !== undefined && !taken.has(place)) give(id, place);
  }
  for (const id of sorted) {
    if (places.has(id)) continue;
    give(id, free(id, taken));
    // Whoever met another with the same ink only steps aside for now.
    if (!known.has(id)) known.set(id, places.get(id)!);
  }
  return new Map(ids.map((id) => [id, inkAt(places.get(id)!)]));
}
