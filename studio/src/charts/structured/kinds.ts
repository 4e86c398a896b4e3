/** The charts that are logged as such; their code is loaded when the first one is shown. */
import type { ComponentType } from "preact";
import type { BodyProps, Kind } from "../kind";
import { lazily } from "../lazily";

const kind = (form: string, name: keyof typeof import("./bodies")): Kind => ({
  form,
  score: (metric) => (metric.kind === LOGGED[form] ? 100 : 0),
  Body: lazily(async () => (await import("./bodies"))[name] as ComponentType<BodyProps>),
});

const LOGGED: Record<string, string> = {
  matrix: "confusion_matrix",
  accuracy: "accuracy_table",
  residuals: "residuals",
  predictions: "predictions",
};

export const structured: readonly Kind[] = [
  kind("matrix", "Matrix"),
  kind("accuracy", "Accuracy"),
  kind("residuals", "Residuals"),
  kind("predictions", "Predictions"),
];
