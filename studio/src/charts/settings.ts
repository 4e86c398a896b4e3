/** What a person has chosen about the charts of a page; and its form in a link, where what is usual is left out. */

export type XKind = "step" | "index" | "relative" | "time" | "metric";
export type YKind = "linear" | "log" | "symlog";
export type SmoothingKind = "ema" | "time_ema" | "gaussian" | "running_mean";
export type Range = [number, number];

/** A column of a metric. */
export interface MetricRef {
  metric: string;
  column: string;
}

/** As people read it. */
export const refName = ({ metric, column }: MetricRef): string =>
  column === "value" ? metric : `${metric} · ${column}`;

/** What of each run a chart shows: the values themselves or one figure of them. */
export type Show = "all" | "last" | "min" | "max" | "mean" | "first";

export const SHOWS: readonly Show[] = ["all", "last", "min", "max", "mean", "first"];

/** A chart that somebody added. */
export interface PanelSpec {
  id: string;
  metrics: MetricRef[];
  show: Show;
  /** Of figures: the parameter that is x; null means bars over runs. */
  against: string | null;
}

/** What somebody chose for one panel, by its id. */
export interface PanelChoice {
  form?: string;
  y?: YKind;
}

export interface ChartSettings {
  x: XKind;
  /** Of x "metric": which. */
  xMetric?: MetricRef;
  smoothing: { kind: SmoothingKind; amount: number } | null;
  y: YKind;
  /** Ignore them: the lowest and the highest hundredth of what is seen. */
  outliers: boolean;
  /** Whether zooming one chart zooms all. */
  linked: boolean;
  columns: 1 | 2 | 3 | 4;
  /** A regular expression for names of panels. */
  find: string;
  added: PanelSpec[];
  hidden: string[];
  range: Range | null;
  /** The part of y that was chosen together with it, by the id of the panel. */
  yRanges: Readonly<Record<string, Range>>;
  panels?: Record<string, PanelChoice>;
}

export const SETTINGS: ChartSettings = {
  x: "step",
  smoothing: null,
  y: "linear",
  outliers: false,
  linked: true,
  columns: 3,
  find: "",
  added: [],
  hidden: [],
  range: null,
  yRanges: {},
};

/** The names of these settings in a query. */
const QUERY_NAMES = ["x", "sm", "ly", "out", "link", "cols", "find", "pin", "off", "xr", "yr", "as"] as const;

/** A name within a list of names: what separates them is escaped, a slash stays readable. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("~", "%7E").replaceAll("%20", " ").replaceAll("'", "%27");

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % that somebody typed
  }
}

const refText = ({ metric, column }: MetricRef): string =>
  column === "value" ? escaped(metric) : `${escaped(metric)}:${escaped(column)}`;

function refOf(text: string): MetricRef {
  const [metric = "", column] = text.split(":");
  return { metric: plain(metric), column: column === undefined ? "value" : plain(column) };
}

const specText = (spec: PanelSpec): string =>
  [spec.show, spec.metrics.map(refText).join("~"), ...(spec.against === null ? [] : [escaped(spec.against)])].join("@");

function specOf(text: string): PanelSpec | null {
  const [show, metrics, against] = text.split("@");
  if (!metrics || !SHOWS.includes(show as Show)) return null;
  const found = {
    metrics: metrics.split("~").map(refOf),
    show: show as Show,
    against: against ? plain(against) : null,
  };
  return { id: specId(found), ...found };
}

/** The id of an added chart is what it shows: the same chart is not added twice. */
export function specId(spec: Omit<PanelSpec, "id">): string {
  return `+${specText({ id: "", ...spec })}`;
}

/** As exact as a screen shows: a ten-thousandth of what is seen. */
function rangeText([from, to]: Range): string {
  const digits = Math.min(20, Math.max(0, 4 - Math.floor(Math.log10(to - from))));
  return `${Number(from.toFixed(digits))}:${Number(to.toFixed(digits))}`;
}

const list = (text: string | null): string[] => (text ? text.split(",") : []);

/** The settings as a query; null where they are as usual. */
export function toQuery(settings: ChartSettings): Record<(typeof QUERY_NAMES)[number], string | null> {
  const { smoothing, range, panels = {} } = settings;
  const chosen = Object.entries(panels).map(([id, { form, y }]) => `${escaped(id)}:${form ?? ""}:${y ?? ""}`);
  const x =
    settings.x === "metric" ? `metric:${refText(settings.xMetric ?? { metric: "", column: "value" })}` : settings.x;
  return {
    x: settings.x === SETTINGS.x ? null : x,
    sm: smoothing ? `${smoothing.kind}:${smoothing.amount}` : null,
    ly: settings.y === "linear" ? null : settings.y,
    out: settings.outliers ? "1" : null,
    link: settings.linked ? null : "0",
    cols: settings.columns === SETTINGS.columns ? null : String(settings.columns),
    find: settings.find || null,
    pin: settings.added.map(specText).join(",") || null,
    off: settings.hidden.map(escaped).join(",") || null,
    xr: range ? rangeText(range) : null,
    yr:
      Object.entries(settings.yRanges)
        .map(([id, y]) => `${escaped(id)}:${rangeText(y)}`)
        .join(",") || null,
    as: chosen.join(",") || null,
  };
}

function smoothingOf(text: string | null): ChartSettings["smoothing"] {
  const [kind = "", amount] = (text ?? "").split(":");
  if (!["ema", "time_ema", "gaussian", "running_mean"].includes(kind)) return null;
  const found = Number(amount);
  const least = kind === "ema" ? found >= 0 && found < 1 : found > 0;
  return amount && Number.isFinite(found) && least ? { kind: kind as SmoothingKind, amount: found } : null;
}

function rangeOf(text: string | null): Range | null {
  const [from, to] = (text ?? "").split(":").map(Number);
  return text && Number.isFinite(from) && Number.isFinite(to) && from! < to! ? [from!, to!] : null;
}

function yRangesOf(text: string | null): Record<string, Range> {
  const found = list(text).flatMap((each) => {
    const [id = "", ...ends] = each.split(":");
    const range = rangeOf(ends.join(":"));
    return range ? [[plain(id), range] as const] : [];
  });
  return Object.fromEntries(found);
}

function panelsOf(text: string | null): Record<string, PanelChoice> {
  const found: Record<string, PanelChoice> = {};
  for (const each of list(text)) {
    const [id = "", form, y] = each.split(":");
    const kind = y === "linear" || y === "log" || y === "symlog" ? { y: y as YKind } : {};
    found[plain(id)] = { ...(form ? { form } : {}), ...kind };
  }
  return found;
}

/** The settings that a query says; what it says wrongly is as usual. */
export function fromQuery(query: URLSearchParams): ChartSettings {
  const [x = "", ...ref] = (query.get("x") ?? "").split(":");
  const columns = Number(query.get("cols"));
  const y = query.get("ly");
  const panels = panelsOf(query.get("as"));
  return {
    ...SETTINGS,
    ...(["index", "relative", "time"].includes(x) ? { x: x as XKind } : {}),
    ...(x === "metric" && ref[0] ? { x: "metric" as const, xMetric: refOf(ref.join(":")) } : {}),
    smoothing: smoothingOf(query.get("sm")),
    y: y === "log" || y === "symlog" ? y : "linear",
    outliers: query.get("out") === "1",
    linked: query.get("link") !== "0",
    columns: [1, 2, 3, 4].includes(columns) ? (columns as ChartSettings["columns"]) : SETTINGS.columns,
    find: query.get("find") ?? "",
    added: list(query.get("pin")).flatMap((each) => specOf(each) ?? []),
    hidden: list(query.get("off")).map(plain),
    range: rangeOf(query.get("xr")),
    yRanges: yRangesOf(query.get("yr")),
    ...(Object.keys(panels).length ? { panels } : {}),
  };
}
