/** Values of one run as bars, labelled by a column of texts or by their place; and how often values occur. */
import { useEffect, useMemo } from "preact/hooks";
import { FailureNote } from "../ui/failure";
import { asNumber, BARS, barsOf } from "./bar-values";
import { HBars } from "./hbars";
import type { BodyProps } from "./kind";
import { useRun } from "./one-run";
import { Scrolled } from "./scrolled";
import { bins, Columns } from "./upright";
import { MOST, useAllRows } from "./use-rows";
import { chartWords } from "./words";

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
    handle.table = () => [[say.from, say.to, say.frequency], ...found.map((bin) => [bin.from, bin.to, bin.count])];
  }, [found]);
  return (
    <>
      {chooser}
      {failure && !data && <FailureNote failure={failure} />}
      <Columns bins={found} height={height - (chooser ? 32 : 0)} name={metric.name} />
    </>
  );
}
