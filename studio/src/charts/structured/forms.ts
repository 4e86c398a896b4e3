/** The other charts that are logged as such: a confusion matrix, residuals, and predicted against true values. */

const numbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");

const dataOf = (document: unknown): Record<string, unknown> =>
  (document as { data?: Record<string, unknown> } | null)?.data ?? {};

export interface Matrix {
  labels: string[];
  /** Rows are true classes, columns predicted ones. */
  counts: number[][];
}

export function matrix(document: unknown): Matrix | null {
  const { class_labels: labels, matrix: counts } = dataOf(document);
  if (!Array.isArray(labels) || !Array.isArray(counts) || counts.length !== labels.length) return null;
  const whole = counts.every((row) => numbers(row) && row.length === labels.length);
  return whole ? { labels: labels.map(String), counts } : null;
}

/** Each count as a share of its row; a class that never occurs has none. */
export function normalised(counts: readonly (readonly number[])[]): number[][] {
  return counts.map((row) => {
    const total = row.reduce((sum, each) => sum + each, 0);
    return row.map((each) => (total ? each / total : Number.NaN));
  });
}

export interface Residuals {
  edges: number[];
  counts: number[];
}

export function residuals(document: unknown): Residuals | null {
  const { bin_edges: edges, bin_counts: counts } = dataOf(document);
  if (!numbers(edges) || !numbers(counts) || edges.length !== counts.length + 1) return null;
  return { edges, counts };
}

export interface Predictions extends Residuals {
  averages: number[];
  errors: number[];
  /** The middle of each bin of true values. */
  centres: number[];
}

export function predictions(document: unknown): Predictions | null {
  const found = residuals(document);
  const { bin_averages: averages, bin_errors: errors } = dataOf(document);
  if (!found || !numbers(averages) || !numbers(errors)) return null;
  if (averages.length !== found.counts.length || errors.length !== found.counts.length) return null;
  const centres = found.counts.map((_, bin) => (found.edges[bin]! + found.edges[bin + 1]!) / 2);
  return { ...found, averages, errors, centres };
}

/** A label as long as there is room for. */
export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
