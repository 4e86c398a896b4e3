/** What a metric's name says of which of its values is best. */

const LOW = /(^|[^a-z])(loss|err|error|mse|rmse|mae|mape|nll|ppl|perplexity)($|[^a-z])/i;
const HIGH = /(^|[^a-z])(acc|accuracy|auc|f1|precision|recall|r2|iou|dice|bleu)($|[^a-z])/i;

/** Which end is better; null of names that say nothing, or both. */
export function betterEnd(name: string): "min" | "max" | null {
  const low = LOW.test(name);
  return low === HIGH.test(name) ? null : low ? "min" : "max";
}
