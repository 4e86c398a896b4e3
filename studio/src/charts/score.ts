/** How well the ways to show rows fit a metric; apart from their code, which comes later or not at all. */
import type { Found } from "./found";

const numeric = ({ columns }: Found) => columns.filter((column) => column.numeric).length;
const plain = ({ kind }: Found) => kind === "scalar" || kind === "list" || kind === "table";
const values = (metric: Found) => plain(metric) && numeric(metric) === 1 && metric.rows > 1;

export const forBars = (metric: Found): number => (values(metric) && metric.columns.length <= 2 ? 25 : 0);
export const forHistogram = (metric: Found): number => (values(metric) && metric.columns.length === 1 ? 15 : 0);
export const forImportance = (metric: Found): number => (values(metric) && metric.columns.length === 2 ? 20 : 0);

/** Whatever else there is, the rows can be looked at. */
export const forTable = (metric: Found): number => (plain(metric) ? 50 : 1);

const LOGGED: Record<string, string> = {
  matrix: "confusion_matrix",
  accuracy: "accuracy_table",
  residuals: "residuals",
  predictions: "predictions",
};

/** Of what was logged as such. */
export const forStructured =
  (form: string) =>
  (metric: Found): number =>
    metric.kind === LOGGED[form] ? 100 : 0;
