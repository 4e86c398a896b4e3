/** The charts that are logged as such; their code is loaded when the first one is shown. */
import type { ComponentType } from "preact";
import type { BodyProps, Kind } from "../kind";
import { lazily } from "../lazily";
import { forStructured } from "../score";

const kind = (form: string, name: keyof typeof import("./bodies")): Kind => ({
  form,
  score: forStructured(form),
  Body: lazily(async () => (await import("./bodies"))[name] as ComponentType<BodyProps>),
});

export const structured: readonly Kind[] = [
  {
    form: "matrix",
    score: forStructured("matrix"),
    Body: lazily(async () => (await import("./heat")).HeatMatrix),
  },
  kind("accuracy", "Accuracy"),
  kind("residuals", "Residuals"),
  kind("predictions", "Predictions"),
];
