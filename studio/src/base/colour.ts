/** Colours of runs: twelve hues by the hash of the run's id; equal neighbours on one screen are dealt anew. */

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

/** An ink for each id: its own hue where nobody before it on this screen has it, else the next free one. */
export function inks(ids: readonly string[], chosen: Readonly<Record<string, string>> = {}): Map<string, Ink> {
  const found = new Map<string, Ink>();
  const uses = new Array<number>(PALETTE.length).fill(0);
  for (const id of ids) {
    if (found.has(id)) continue;
    const own = chosen[id];
    if (own) {
      found.set(id, { colour: own, dash: [] });
      continue;
    }
    const least = Math.min(...uses);
    let place = hash(id) % PALETTE.length;
    while (uses[place]! > least) place = (place + 1) % PALETTE.length;
    found.set(id, { colour: PALETTE[place]!, dash: DASHES[Math.min(uses[place]!, DASHES.length - 1)]! });
    uses[place]! += 1;
  }
  return found;
}
