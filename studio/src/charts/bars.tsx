/** Values of one run as bars, labelled by a column of texts or by their place; and how often values occur. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Rows } from "../api/rows";
import { FailureNote } from "../ui/failure";
import type { Found } from "./found";
import { type Bar, HBars } from "./hbars";
import type { BodyProps } from "./kind";
import { useRun } from "./one-run";
import { Scrolled } from "./scrolled";
import { bins, Columns } from "./upright";
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

export function Bars(props: BodyProps) {
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

const TOP = 10;

/** The largest first, as importances are read; so many of them as one wants. */
export function Importance(props: BodyProps) {
  const { metric, handle, height, seen } = props;
  const { run, chooser } = useRun(props);
  const { data, failure } = useAllRows(run, metric.name, seen, MOST);
  const [top, setTop] = useState(TOP);
  const bars = useMemo(
    () => (data ? barsOf(data, metric).sort((a, b) => Math.abs(b.value) - Math.abs(a.value)) : []),
    [data],
  );
  useEffect(() => {
    const say = chartWords();
    if (!data) return;
    handle.note.value = bars.length > top ? say.topOf(top, bars.length) : say.values(bars.length);
    handle.table = () => [[metric.columns[0]!.name, say.value], ...bars.map((bar) => [bar.label, bar.value])];
  }, [bars, top]);
  const slider = bars.length > TOP;
  return (
    <>
      {(chooser || slider) && (
        <div class="chart-options">
          {chooser}
          {slider && (
            <label class="small dim">
              {chartWords().top}{" "}
              <input
                type="range"
                min={1}
                max={Math.min(BARS, bars.length)}
                value={top}
                onInput={(event) => setTop(event.currentTarget.valueAsNumber)}
              />{" "}
              {top}
            </label>
          )}
        </div>
      )}
      {failure && !data && <FailureNote failure={failure} />}
      <Scrolled label={metric.name} height={height - (chooser || slider ? 28 : 0)}>
        <HBars bars={bars.slice(0, top)} caption={metric.name} />
      </Scrolled>
    </>
  );
}

export function Histogram(props: BodyProps) {
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
