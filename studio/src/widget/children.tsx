/** The children of a parent with the metric that they are compared by; each opens where it stands. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { nameOf, type Run } from "../api/run";
import { aligned } from "../base/number";
import { useLoaded } from "../charts/loaded";
import type { RunFigures } from "../charts/source";
import { Status } from "../ui/status";
import { Lasts } from "./header";
import { MetricsTab } from "./metrics";
import type { Children } from "./wire";
import { widgetWords } from "./words";

const isMin = (goal: string): boolean => goal.toLowerCase().startsWith("min");

/** The last value of each child, by its id: what the best one is chosen by. */
function useLast({ runs, best }: Children): ReadonlyMap<string, number> {
  const ids = useMemo(() => new Set(runs.map((run) => run.run_id)), [runs]);
  const key = best ? [best.metric, ...ids].join("\n") : null;
  const { data } = useLoaded<RunFigures[]>(key, ids, (source) =>
    source.figures([...ids], [{ metric: best!.metric, column: "value" }]),
  ).value;
  return useMemo(() => {
    return new Map(
      (data ?? []).flatMap(({ run, summaries: [found] }) => {
        const value = found?.last;
        return typeof value === "number" ? [[run, value] as const] : [];
      }),
    );
  }, [data]);
}

export function ChildrenTab({ children }: { children: Children }) {
  const open = useSignal<string | null>(null);
  const { runs, best, total } = children;
  const values = useLast(children);
  const say = widgetWords();
  const opened = runs.find((run) => run.run_id === open.value);
  if (opened) return <Opened run={opened} onBack={() => (open.value = null)} />;
  return (
    <div class="children">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="rows" tabIndex={0} aria-label={say.children}>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{say.run}</th>
              <th scope="col">{say.status}</th>
              <th scope="col" class="num">
                {say.duration}
              </th>
              {best && (
                <th scope="col" class="num">
                  <span title={say.best(best.metric, isMin(best.goal))}>{best.metric}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => {
              const value = values.get(run.run_id);
              return (
                <tr key={run.run_id}>
                  <td>
                    <button type="button" class="link strong" onClick={() => (open.value = run.run_id)}>
                      {nameOf(run)}
                    </button>{" "}
                    {best?.run_id === run.run_id && <span class="tag">{say.bestOne}</span>}
                  </td>
                  <td>
                    <Status status={run.status} />
                  </td>
                  <td class="num">
                    <Lasts run={run} />
                  </td>
                  {best && (
                    <td class={best.run_id === run.run_id ? "num strong" : "num"}>
                      {value === undefined ? <span class="dim">–</span> : aligned(value)}
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {total > runs.length && <p class="dim small">{say.firstChildren(runs.length, total)}</p>}
    </div>
  );
}

function Opened({ run, onBack }: { run: Run; onBack: () => void }) {
  const say = widgetWords();
  return (
    <div class="opened">
      <div class="tools">
        <button type="button" class="button" onClick={onBack}>
          ← {say.back} {say.children.toLowerCase()}
        </button>
        <Status status={run.status} />
        <strong class="cut">{nameOf(run)}</strong>
        <span class="dim">
          <Lasts run={run} />
        </span>
      </div>
      <MetricsTab run={run} />
    </div>
  );
}
