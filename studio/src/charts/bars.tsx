/** Values of one run as bars, labelled by a column of texts or by their place; and how often values occur. */
import { useEffect, useMemo } from "preact/hooks";
import { count, number } from "../base/number";
import { FailureNote } from "../ui/failure";
import type { Found } from "./found";
import { type Bar, HBars } from "./hbars";
import type { BodyProps, Kind } from "./kind";
import { useRun } from "./one-run";
import type { Rows } from "./rows";
import { Scrolled } from "./scrolled";
import { MOST, useAllRows } from "./use-rows";
import { chartWords } from "./words";

const BARS = 200;

const asNumber = (cell: unknown): number =>
  typeof cell === "number" || typeof cell === "boolean" || typeof cell === "bigint" ? Number(cell) : Number.NaN;

function barsOf(rows: Rows, metric: Found): Bar[] {
  const value = metric.columns.find((column) => column.numeric)?.name;
  const label = metric.columns.find((column) => !column.numeric)?.name;
  const of = (name: string | undefined) => rows.columns.find((column) => column.name === name)?.cells ?? [];
  const [values, labels] = [of(value), of(label)];
  return values.map((cell, row) => ({
    key: String(row),
    label: label === undefined ? String(rows.steps[row] ?? row) : String(labels[row] ?? ""),
    value: asNumber(cell),
  }));
}

function Bars(props: BodyProps) {
  const { metric, handle, height, seen } = props;
  const { run, chooser } = useRun(props);
  const { data, failure } = useAllRows(run, metric.name, seen, BARS);
  const ink = props.lines.find((line) => line.run === run)?.ink;
  const bars = useMemo(() => (data ? barsOf(data, metric) : []), [data]);
  useEffect(() => {
    const say = chartWords();
    if (!data) return;
    handle.note.value = data.total > BARS ? say.tooMany(BARS) : say.values(data.total);
    handle.table = () => [[say.index, say.value], ...bars.map((bar) => [bar.label, bar.value])];
  }, [bars]);
  return (
    <>
      {chooser}
      {failure && !data && <FailureNote failure={failure} />}
      <Scrolled label={metric.name} height={height - (chooser ? 32 : 0)}>
        <HBars bars={ink ? bars.map((bar) => ({ ...bar, ink })) : bars} caption={metric.name} />
      </Scrolled>
    </>
  );
}

export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** As many bins as Sturges has it, 60 at most, over what is finite. */
export function bins(values: readonly number[]): Bin[] {
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return [];
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const many = low === high ? 1 : Math.min(60, Math.ceil(Math.log2(finite.length)) + 1);
  const width = (high - low) / many;
  const found = Array.from({ length: many }, (_, index) => ({
    from: low + index * width,
    to: index === many - 1 ? high : low + (index + 1) * width,
    count: 0,
  }));
  for (const value of finite) found[Math.min(many - 1, Math.floor((value - low) / (width || 1)))]!.count += 1;
  return found;
}

function Histogram(props: BodyProps) {
  const { metric, handle, height, seen } = props;
  const { run, chooser } = useRun(props);
  const { data, failure } = useAllRows(run, metric.name, seen);
  const found = useMemo(() => {
    const name = metric.columns.find((column) => column.numeric)?.name;
    return bins((data?.columns.find((column) => column.name === name)?.cells ?? []).map(asNumber));
  }, [data]);
  useEffect(() => {
    const say = chartWords();
    if (!data) return;
    handle.note.value = data.total > MOST ? say.tooMany(MOST) : say.values(data.total);
    handle.table = () => [[say.from, say.to, say.share], ...found.map((bin) => [bin.from, bin.to, bin.count])];
  }, [found]);
  return (
    <>
      {chooser}
      {failure && !data && <FailureNote failure={failure} />}
      <Columns bins={found} height={height - (chooser ? 32 : 0)} name={metric.name} />
    </>
  );
}

/** Upright bars over a range, with the ends and the highest count written beside. */
export function Columns({ bins: all, height, name }: { bins: readonly Bin[]; height: number; name: string }) {
  const most = Math.max(1, ...all.map((bin) => bin.count));
  const [first, last] = [all[0], all[all.length - 1]];
  const sentence = all.map((bin) => `${number(bin.from)} – ${number(bin.to)}: ${count(bin.count)}`).join("; ");
  return (
    <div class="columns" role="img" aria-label={`${name}: ${sentence}`} style={{ height: `${height}px` }}>
      <span class="most dim">{count(most)}</span>
      <div class="upright">
        {all.map((bin) => (
          <span
            key={bin.from}
            title={`${number(bin.from)} – ${number(bin.to)}: ${count(bin.count)}`}
            style={{ height: `${(bin.count / most) * 100}%` }}
          />
        ))}
      </div>
      <span class="ends dim">
        <span>{first ? number(first.from) : ""}</span>
        <span>{last ? number(last.to) : ""}</span>
      </span>
    </div>
  );
}

const numeric = ({ columns }: Found) => columns.filter((column) => column.numeric).length;
const plain = ({ kind }: Found) => kind === "scalar" || kind === "list" || kind === "table";

export const bars: Kind = {
  form: "bars",
  score: (metric) => (plain(metric) && numeric(metric) === 1 && metric.columns.length <= 2 && metric.rows > 1 ? 25 : 0),
  Body: Bars,
};

export const histogram: Kind = {
  form: "histogram",
  score: (metric) =>
    plain(metric) && numeric(metric) === 1 && metric.columns.length === 1 && metric.rows > 1 ? 15 : 0,
  Body: Histogram,
};
