/** Curves of a classifier from an accuracy table: for each class and threshold [TP, FP, TN, FN], one class against the rest. */

export type Counts = readonly [tp: number, fp: number, tn: number, fn: number];

export interface AccuracyTable {
  labels: string[];
  /** By class and threshold. */
  tables: Counts[][];
  thresholds: number[];
}

export interface Points {
  x: number[];
  y: number[];
}

export type ChartName = "roc" | "precisionRecall" | "gains" | "lift" | "calibration";
export const CHARTS: readonly ChartName[] = ["roc", "precisionRecall", "gains", "lift", "calibration"];

export interface Curves {
  weighted: Points;
  macro: Points;
  micro: Points;
  /** By class. */
  classes: Points[];
}

const numbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");

/** The table of a logged document, or null if it is none of this form. */
export function accuracyTable(document: unknown): AccuracyTable | null {
  const data = (document as { data?: Record<string, unknown> } | null)?.data;
  const tables = data?.probability_tables;
  const thresholds = data?.probability_thresholds;
  const labels = data?.class_labels;
  if (!Array.isArray(tables) || !numbers(thresholds) || !Array.isArray(labels)) return null;
  const rows = (table: unknown): table is Counts[] =>
    Array.isArray(table) &&
    table.length === thresholds.length &&
    table.every((row) => numbers(row) && row.length === 4);
  if (!tables.every(rows) || tables.length !== labels.length || !tables.length) return null;
  return { labels: labels.map(String), tables, thresholds };
}

/** A point as two fractions, so that sums of numerators and denominators can be made of several classes. */
interface Fractions {
  x: [number, number];
  y: [number, number];
}

type Formula = (now: Counts, next: Counts | null, threshold: number) => Fractions | null;

const positives = ([tp, , , fn]: Counts) => tp + fn;
const all = (row: Counts) => row[0] + row[1] + row[2] + row[3];

const FORMULAS: Record<ChartName, Formula> = {
  roc: (row) => ({ x: [row[1], row[1] + row[2]], y: [row[0], positives(row)] }),
  precisionRecall: (row) => ({ x: [row[0], positives(row)], y: [row[0], row[0] + row[1]] }),
  gains: (row) => ({ x: [row[0] + row[1], all(row)], y: [row[0], positives(row)] }),
  lift: (row) => ({ x: [row[0] + row[1], all(row)], y: [row[0], positives(row)] }),
  calibration: (row, next, threshold) => {
    if (!next) return null;
    const tp = row[0] - next[0];
    return { x: [threshold, 1], y: [tp, tp + row[1] - next[1]] };
  },
};

/** x and y of the fractions, NaN where they have no value. */
function point(name: ChartName, { x, y }: Fractions): [number, number] {
  const left = x[0] / x[1];
  // No positive predictions: none of them is wrong.
  if (name === "precisionRecall" && y[1] === 0) return [left, 1];
  if (name === "lift") return [left, left === 0 ? Number.NaN : y[0] / y[1] / left];
  return [left, y[0] / y[1]];
}

/** A mean of what has a value; NaN of nothing. */
function mean(values: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  let weight = 0;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    sum += value * weights[index]!;
    weight += weights[index]!;
  });
  return sum / weight;
}

const sum = (fractions: readonly Fractions[], of: "x" | "y"): [number, number] => [
  fractions.reduce((total, each) => total + each[of][0], 0),
  fractions.reduce((total, each) => total + each[of][1], 0),
];

/** Points in the order of rising thresholds; those without a value are left out. */
function collect(pairs: readonly (readonly [number, number])[]): Points {
  const there = pairs.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  return { x: there.map((pair) => pair[0]), y: there.map((pair) => pair[1]) };
}

/** One kind of curves: of each class, and weighted by support, macro (mean of the curves) and micro (sums of the fractions). */
export function accuracyCurves(name: ChartName, { tables, thresholds }: AccuracyTable): Curves {
  const formula = FORMULAS[name];
  const rows = thresholds.flatMap((threshold, row) => {
    const found = tables.map((table) => formula(table[row]!, table[row + 1] ?? null, threshold));
    return found.some((each) => each === null) ? [] : [found as Fractions[]];
  });
  const points = rows.map((row) => row.map((each) => point(name, each)));
  const support = tables.map((table) => positives(table[0]!));
  const equal = tables.map(() => 1);
  const averaged = (weights: readonly number[]) =>
    collect(
      points.map((row) => [
        mean(
          row.map((each) => each[0]),
          weights,
        ),
        mean(
          row.map((each) => each[1]),
          weights,
        ),
      ]),
    );
  return {
    weighted: averaged(support),
    macro: averaged(equal),
    micro: collect(rows.map((row) => point(name, { x: sum(row, "x"), y: sum(row, "y") }))),
    classes: tables.map((_, index) => collect(points.map((row) => row[index]!))),
  };
}

/** What it would be at best, and of a guess. */
export const GUIDES: Record<ChartName, { name: "ideal" | "random" | "baseline"; x: number[]; y: number[] }[]> = {
  roc: [
    { name: "ideal", x: [0, 0, 1], y: [0, 1, 1] },
    { name: "random", x: [0, 1], y: [0, 1] },
  ],
  precisionRecall: [{ name: "ideal", x: [0, 1, 1], y: [1, 1, 0] }],
  gains: [{ name: "baseline", x: [0, 1], y: [0, 1] }],
  lift: [{ name: "baseline", x: [0, 1], y: [1, 1] }],
  calibration: [{ name: "ideal", x: [0, 1], y: [0, 1] }],
};
