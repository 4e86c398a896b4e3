/** Values of one run as bars, the largest first, as importances are read. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { FailureNote } from "../ui/failure";
import { BARS, barsOf } from "./bar-values";
import { frameWords } from "./frame-words";
import { HBars } from "./hbars";
import type { BodyProps } from "./kind";
import { useRun } from "./one-run";
import { Scrolled } from "./scrolled";
import { MOST, useAllRows } from "./use-rows";

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
    const say = frameWords();
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
              {frameWords().top}{" "}
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
