/** How texts are put in order for people: as their language does, and numbers within them by their value. */

let collator: Intl.Collator | undefined;

/** For `sort`. What it needs takes a page some milliseconds to start with, and is made when it is first asked for. */
export function byText(a: string, b: string): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(a, b);
}
