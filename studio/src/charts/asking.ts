/** What the server is asked for to draw lines: a window a little wider than what is seen, in as many buckets as there are pixels. */
import type { ChartSettings, MetricRef, Range } from "./settings";
import type { ChartShape } from "./source";

/** Series that are drawn as one line. */
export interface Together {
  series: number[];
  aggregate: string;
  band: string;
}

export interface Wish {
  series: { run: string; ref: MetricRef }[];
  x: { kind: ChartSettings["x"]; ref?: MetricRef };
  range: Range | null;
  smoothing: ChartSettings["smoothing"];
  groups: readonly Together[];
  /** CSS pixels of the chart. */
  width: number;
}

/** Widths are asked for in steps, so that dragging an edge does not ask at each pixel. */
const STEP = 200;
/** Of what is seen, asked for on either side of it: a turn of the wheel outwards shows no gap while the next answer comes. */
const BESIDE = 0.125;
/** More lines than this are a crowd: nobody sees what each of them does within two pixels, and each is as true as before. */
export const CROWD = 20;
/** Buckets of all series together. */
const CELLS = 30_000;
/** Of one chart: the server takes no more. */
export const SERIES = 1_000;

function axis({ x, range }: Wish): ChartShape["x"] {
  const beside = range ? BESIDE * (range[1] - range[0]) : 0;
  const ends = { start: range ? range[0] - beside : null, end: range ? range[1] + beside : null };
  return x.kind === "metric" && x.ref ? { kind: x.kind, ...x.ref, ...ends } : { kind: x.kind, ...ends };
}

/** The chart of the points as logged, and that of the smoothed line beside it. */
export function asks(wish: Wish): { raw: ChartShape; smooth: ChartShape | null } {
  const grouped = wish.groups.length > 0;
  const many = wish.series.length;
  const pixels = Math.max(1, Math.ceil(wish.width / STEP)) * STEP;
  const fine = grouped || many <= CROWD ? pixels : pixels / 2;
  const seen = Math.max(STEP, Math.min(fine, Math.floor(CELLS / Math.max(1, many))));
  const buckets = Math.round(wish.range ? seen * (1 + 2 * BESIDE) : seen);
  const raw: ChartShape = {
    series: wish.series.slice(0, SERIES).map(({ run, ref }) => ({ run_id: run, ...ref })),
    x: axis(wish),
    buckets,
    parts: grouped ? ["last"] : ["last", "min", "max", "count"],
    groups: wish.groups.map(({ series, aggregate, band }) => ({
      series: series.filter((place) => place < SERIES),
      aggregate,
      band,
    })),
  };
  if (!wish.smoothing) return { raw, smooth: null };
  if (grouped) return { raw: { ...raw, smoothing: wish.smoothing }, smooth: null };
  return { raw, smooth: { ...raw, parts: ["last"], smoothing: wish.smoothing } };
}
