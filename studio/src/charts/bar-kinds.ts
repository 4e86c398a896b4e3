/** Bars, histograms and tables; their code comes when the first one is shown. */
import type { Found } from "./found";
import type { Kind } from "./kind";
import { lazily } from "./lazily";

const numeric = ({ columns }: Found) => columns.filter((column) => column.numeric).length;
const plain = ({ kind }: Found) => kind === "scalar" || kind === "list" || kind === "table";

export const bars: Kind = {
  form: "bars",
  score: (metric) => (plain(metric) && numeric(metric) === 1 && metric.columns.length <= 2 && metric.rows > 1 ? 25 : 0),
  Body: lazily(async () => (await import("./bars")).Bars),
};

export const histogram: Kind = {
  form: "histogram",
  score: (metric) =>
    plain(metric) && numeric(metric) === 1 && metric.columns.length === 1 && metric.rows > 1 ? 15 : 0,
  Body: lazily(async () => (await import("./bars")).Histogram),
};

export const importance: Kind = {
  form: "importance",
  score: (metric) =>
    plain(metric) && numeric(metric) === 1 && metric.columns.length === 2 && metric.rows > 1 ? 20 : 0,
  Body: lazily(async () => (await import("./bars")).Importance),
};

export const table: Kind = {
  form: "table",
  // Whatever else there is, the rows can be looked at.
  score: (metric) => (plain(metric) ? 50 : 1),
  Body: lazily(async () => (await import("./table")).DataTable),
};
