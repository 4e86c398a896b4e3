/** The place of a run in the queue of its target, in the same words wherever it is told. */
import { catalogue } from "../base/language";

const words = catalogue({
  en: { place: (n: number) => `place ${n} in the queue` },
  fr: { place: (n: number) => `place ${n} dans la file` },
});

export function placeInQueue(place: number): string {
  return words().place(place);
}
