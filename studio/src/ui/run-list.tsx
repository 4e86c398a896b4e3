/** A short list of runs with links to run and experiment; long ones are the runs table's. */
import { nameOf, placeOf, type Run } from "../api/run";
import { catalogue } from "../base/language";
import { address } from "../base/place";
import { Elapsed, Moment } from "./moment";
import { Status } from "./status";

const words = catalogue({
  en: {
    run: "Run",
    experiment: "Experiment",
    status: "Status",
    started: "Started",
    since: "waits since",
    duration: "Duration",
    target: "Compute",
  },
  fr: {
    run: "Exécution",
    experiment: "Expérience",
    status: "État",
    started: "Démarrée",
    since: "attend depuis",
    duration: "Durée",
    target: "Calcul",
  },
});

interface Props {
  runs: readonly Run[];
  label: string;
  target?: boolean;
  /** A further column: its name, and what stands there for a run. */
  more?: { name: string; of: (run: Run) => preact.ComponentChildren };
}

export function RunList({ runs, label, target = true, more }: Props) {
  const say = words();
  return (
    <table class="plain" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{say.run}</th>
          <th scope="col">{say.experiment}</th>
          <th scope="col">{say.status}</th>
          <th scope="col">{say.started}</th>
          <th scope="col" class="num">
            {say.duration}
          </th>
          {target && <th scope="col">{say.target}</th>}
          {more && <th scope="col">{more.name}</th>}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.run_id}>
            <td title={run.run_id}>
              {run.parent_run_id && <span class="dim">↳ </span>}
              <a class="strong" href={address(placeOf(run))}>
                {nameOf(run)}
              </a>
            </td>
            <td>
              <a href={address(["experiments", run.experiment])}>{run.experiment}</a>
            </td>
            <td>
              <Status status={run.status} />
            </td>
            <td>
              {run.status === "Queued" && !run.started_at && `${say.since} `}
              <Moment at={run.started_at ?? (run.status === "Queued" ? run.created_at : null)} />
            </td>
            <td class="num">
              <Elapsed from={run.started_at} to={run.ended_at} />
            </td>
            {target && (
              <td>
                {run.target && run.target !== "sdk" ? (
                  <a href={address(["compute", "clusters", run.target])}>{run.target}</a>
                ) : (
                  run.target
                )}
              </td>
            )}
            {more && <td class="dim">{more.of(run)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
