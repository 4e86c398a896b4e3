import { describe, expect, it } from "vitest";
import { accuracyCurves, accuracyTable, type Counts } from "../../src/charts/structured/accuracy";
import { matrix, normalised, predictions, residuals } from "../../src/charts/structured/forms";

/** Six samples: probabilities of class a 0.9 0.8 0.6 (true a: yes yes no), 0.4 0.3 0.1 (yes no no); b is the rest. */
const A: Counts[] = [
  [3, 3, 0, 0], // at 0: all are positive
  [2, 1, 2, 1], // at 0.5
  [0, 0, 3, 3], // at 1: none is
];
const B: Counts[] = [
  [3, 3, 0, 0],
  [2, 1, 2, 1],
  [0, 0, 3, 3],
];
const C: Counts[] = [
  [1, 5, 0, 0],
  [1, 1, 4, 0],
  [0, 0, 5, 1],
];

const document = (tables: unknown) => ({
  schema_type: "accuracy_table",
  schema_version: "1.0.1",
  data: {
    probability_tables: tables,
    percentile_tables: tables,
    probability_thresholds: [0, 0.5, 1],
    percentile_thresholds: [0, 0.5, 1],
    class_labels: ["a", "c"],
  },
});
const table = accuracyTable(document([A, C]))!;
const pairs = ({ x, y }: { x: number[]; y: number[] }) => x.map((each, index) => [each, y[index]]);

describe("curves of an accuracy table", () => {
  it("ROC: false against true positive rate", () => {
    const { classes } = accuracyCurves("roc", table);
    expect(pairs(classes[0]!)).toEqual([
      [1, 1],
      [1 / 3, 2 / 3],
      [0, 0],
    ]);
    expect(pairs(classes[1]!)).toEqual([
      [1, 1],
      [1 / 5, 1],
      [0, 0],
    ]);
  });

  it("averages: by support, of the curves, of the sums", () => {
    const { weighted, macro, micro } = accuracyCurves("roc", table);
    // Support 3 and 1.
    expect(weighted.x[1]).toBeCloseTo((3 * (1 / 3) + 1 / 5) / 4);
    expect(weighted.y[1]).toBeCloseTo((3 * (2 / 3) + 1) / 4);
    expect(macro.x[1]).toBeCloseTo((1 / 3 + 1 / 5) / 2);
    expect(macro.y[1]).toBeCloseTo((2 / 3 + 1) / 2);
    // FP 1 + 1 of 3 + 5 negatives; TP 2 + 1 of 3 + 1 positives.
    expect(micro.x[1]).toBeCloseTo(2 / 8);
    expect(micro.y[1]).toBeCloseTo(3 / 4);
  });

  it("precision is 1 where nothing is predicted", () => {
    const { classes, micro } = accuracyCurves("precisionRecall", table);
    expect(pairs(classes[0]!)).toEqual([
      [1, 0.5],
      [2 / 3, 2 / 3],
      [0, 1],
    ]);
    expect(pairs(micro)).toEqual([
      [1, 4 / 12],
      [3 / 4, 3 / 5],
      [0, 1],
    ]);
  });

  it("gains: share of all against share of positives found, micro over all samples too", () => {
    const { classes, micro } = accuracyCurves("gains", table);
    expect(pairs(classes[0]!)).toEqual([
      [1, 1],
      [3 / 6, 2 / 3],
      [0, 0],
    ]);
    expect(micro.x[1]).toBeCloseTo((3 + 2) / 12);
    expect(micro.y[1]).toBeCloseTo(3 / 4);
  });

  it("lift is gain by share, and none where no one is chosen", () => {
    const { classes, macro } = accuracyCurves("lift", table);
    expect(pairs(classes[0]!)).toEqual([
      [1, 1],
      [0.5, 2 / 3 / 0.5],
    ]);
    expect(macro.x).toHaveLength(2);
  });

  it("calibration: of those between two thresholds the share that is positive", () => {
    const { classes, micro, weighted } = accuracyCurves("calibration", table);
    // Between 0 and 0.5: 1 of 3; from 0.5 to 1: 2 of 3.
    expect(pairs(classes[0]!)).toEqual([
      [0, 1 / 3],
      [0.5, 2 / 3],
    ]);
    expect(pairs(classes[1]!)).toEqual([
      [0, 0],
      [0.5, 1 / 2],
    ]);
    expect(pairs(micro)).toEqual([
      [0, 1 / 7],
      [0.5, 3 / 5],
    ]);
    expect(weighted.y[1]).toBeCloseTo((3 * (2 / 3) + 1 / 2) / 4);
  });

  it("leaves out a threshold between which nobody is", () => {
    const still = accuracyTable(
      document([
        [A[0], A[0], A[2]],
        [C[0], C[0], C[2]],
      ]),
    )!;
    expect(accuracyCurves("calibration", still).micro.x).toEqual([0.5]);
  });

  it.each([null, {}, { data: {} }, document([A]), document([A, [[1, 2, 3]]]), document([A, [["a", 1, 2, 3], 1, 2]])])(
    "is none of another form",
    (wrong) => expect(accuracyTable(wrong)).toBeNull(),
  );

  it("is the same for classes that are alike", () => {
    const alike = accuracyTable(document([A, B]))!;
    const { macro, weighted, classes } = accuracyCurves("roc", alike);
    expect(pairs(macro)).toEqual(pairs(classes[0]!));
    expect(pairs(weighted)).toEqual(pairs(classes[0]!));
  });
});

describe("other documents", () => {
  it("a confusion matrix by rows, of which an empty one has no shares", () => {
    const found = matrix({
      data: {
        class_labels: [0, 1],
        matrix: [
          [3, 1],
          [0, 0],
        ],
      },
    })!;
    expect(found.labels).toEqual(["0", "1"]);
    expect(normalised(found.counts)).toEqual([
      [0.75, 0.25],
      [Number.NaN, Number.NaN],
    ]);
    expect(matrix({ data: { class_labels: ["a"], matrix: [[1, 2]] } })).toBeNull();
  });

  it("residuals have one edge more than bins", () => {
    expect(residuals({ data: { bin_edges: [0, 1, 2], bin_counts: [4, 5] } })).toEqual({
      edges: [0, 1, 2],
      counts: [4, 5],
    });
    expect(residuals({ data: { bin_edges: [0, 1], bin_counts: [4, 5] } })).toBeNull();
  });

  it("predictions stand at the middle of their bins", () => {
    const data = { bin_edges: [0, 1, 3], bin_counts: [4, 5], bin_averages: [0.4, 2.2], bin_errors: [0.1, 0.2] };
    expect(predictions({ data })!.centres).toEqual([0.5, 2]);
    expect(predictions({ data: { ...data, bin_errors: [0.1] } })).toBeNull();
  });
});
