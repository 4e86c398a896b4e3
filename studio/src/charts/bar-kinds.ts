/** Bars, histograms and tables; their code comes when the first one is shown. */
import type { Kind } from "./kind";
import { lazily } from "./lazily";
import { forBars, forHistogram, forImportance, forTable } from "./score";

export const bars: Kind = { form: "bars", score: forBars, Body: lazily(async () => (await import("./bars")).Bars) };

export const histogram: Kind = {
  form: "histogram",
  score: forHistogram,
  Body: lazily(async () => (await import("./bars")).Histogram),
};

export const importance: Kind = {
  form: "importance",
  score: forImportance,
  Body: lazily(async () => (await import("./importance")).Importance),
};

export const table: Kind = {
  form: "table",
  score: forTable,
  Body: lazily(async () => (await import("./table")).DataTable),
};
