/** The ways the widget shows a metric: the studio's own, but for those that ask for many rows. */
import { Bars } from "../charts/bars";
import { card, textCard } from "../charts/card";
import type { Kind } from "../charts/kind";
import { forBars, forStructured, forTable } from "../charts/score";
import { line, step } from "../charts/single-variable";
import { Accuracy, Matrix, Predictions, Residuals } from "../charts/structured/bodies";
import { curve, multi, scatter, swapped } from "../charts/two-variable";
import { RowTable } from "./row-table";

export const KINDS: readonly Kind[] = [
  card,
  textCard,
  line,
  step,
  curve,
  swapped,
  multi,
  scatter,
  { form: "bars", score: forBars, Body: Bars },
  { form: "table", score: forTable, Body: RowTable },
  { form: "matrix", score: forStructured("matrix"), Body: Matrix },
  { form: "accuracy", score: forStructured("accuracy"), Body: Accuracy },
  { form: "residuals", score: forStructured("residuals"), Body: Residuals },
  { form: "predictions", score: forStructured("predictions"), Body: Predictions },
];
