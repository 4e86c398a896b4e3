/** What became of an order of runs since it was read: how many are new, or that it is another. */

/** A part of an order: how many runs it has, and the ids of some of them; null for one that was deleted. */
export interface Part {
  total: number;
  ids: readonly (string | null)[];
}

/**
 * How many runs came, if nothing else differs; else null. Both parts hold the first runs, up to the same number.
 */
export function added(shown: Part, now: Part): number | null {
  const before = new Set(shown.ids);
  const kept = now.ids.filter((id) => before.has(id));
  const strange = now.ids.length - kept.length;
  const more = now.total - shown.total;
  // New ones push the last ones out: the others must stand as they stood, and the totals tell of those that left.
  const same = kept.every((id, at) => id === shown.ids[at]);
  return same && (more === strange || (!kept.length && more > strange)) ? more : null;
}
