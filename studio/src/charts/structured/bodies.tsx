/** The charts that are logged as such. */
import type { BodyProps } from "../kind";

export function Matrix(_props: BodyProps) {
  return null;
}
export { Matrix as Accuracy, Matrix as Predictions, Matrix as Residuals };
