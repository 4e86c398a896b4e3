/** A piece of a line of code. */
export interface Word {
  text: string;
  /** What kind of word it is, as a class of the style sheet. */
  kind?: string;
}

/** Lines without colours: until those come, and for languages that have none. */
export function bare(text: string): Word[][] {
  return text.split("\n").map((line) => (line ? [{ text: line }] : []));
}
