/** The direct children of a run, with the last value of what they logged most. */
import { useMemo } from "preact/hooks";
import { ofKind, useCall } from "../../api/cache";
import { nameOf, placeOf } from "../../api/run";
import { aligned } from "../../base/number";
import { address } from "../../base/place";
import { Elapsed, Moment } from "../../ui/moment";
import { Status } from "../../ui/status";
import type { TabProps } from "./tab";
import { runWords } from "./words";

/** So many metrics have a column. */
const COLUMNS = 4;

export function ChildrenTab({ run }: TabProps) {
  const say = runWords();
  const first = useCall("/runs:list", { parent_run_id: run.run_id, limit: 1 }, ofKind("run", "deleted")).value.data
    ?.runs[0];
  const metrics = useCall("/metrics:list", first ? { run_id: first.run_id, limit: 50 } : null, ofKind("metrics")).value
    .data;
  const names = useMemo(
    () =>
      (metrics?.metrics ?? [])
        .filter((metric) => metric.kind === "scalar" && !metric.name.startsWith("system/"))
        .slice(0, COLUMNS)
        .map((metric) => metric.name),
    [metrics],
  );
  const found = useCall(
    "/runs:list",
    {
      parent_run_id: run.run_id,
      limit: 1000,
      columns: names.map((metric) => ({ metric })),
      order: { field: "number", descending: false },
    },
    ofKind("run", "metrics", "deleted"),
  ).value.data;
  if (!found) return null;
  if (!found.runs.length) return <div class="empty">{say.noChildren}</div>;
  return (
    <div class="scroll">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{say.run}</th>
            <th scope="col">{say.status}</th>
            <th scope="col">{say.started}</th>
            <th scope="col" class="num">
              {say.duration}
            </th>
            {names.map((name) => (
              <th key={name} scope="col" class="num cut" title={name}>
                {name}
              </th>
            ))}
            <th scope="col">{say.tags}</th>
          </tr>
        </thead>
        <tbody>
          {found.runs.map((child, row) => (
            <tr key={child.run_id}>
              <td>
                <a class="strong" href={address(placeOf(child))}>
                  {nameOf(child)}
                </a>
              </td>
              <td>
                <Status status={child.status} />
              </td>
              <td>
                <Moment at={child.started_at ?? child.created_at} />
              </td>
              <td class="num">
                <Elapsed from={child.started_at} to={child.ended_at} />
              </td>
              {names.map((name, column) => {
                const last = found.summaries[row]?.[column]?.last;
                return (
                  <td key={name} class="num">
                    {typeof last === "number" ? aligned(last) : (last ?? <span class="dim">–</span>)}
                  </td>
                );
              })}
              <td>
                {Object.entries(child.tags).map(([key, value]) => (
                  <span key={key} class="tag">
                    {value === null ? key : `${key}: ${value}`}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
