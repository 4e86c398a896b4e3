/** The summary of a run beside the table: how it stands, what went in, what came out. */

import type { ComponentChildren } from "preact";
import { ofRun, useAnswer, useCall } from "../api/cache";
import type { Schemas } from "../api/call";
import { figured } from "../api/figures";
import { nameOf } from "../api/run";
import { choose, hueOf, PALETTE } from "../base/colour";
import { address } from "../base/place";
import { FailureNote } from "../ui/failure";
import { glance } from "../ui/glance";
import { Later } from "../ui/later";
import { Elapsed, Moment } from "../ui/moment";
import { Status } from "../ui/status";
import { uiWords } from "../ui/words";
import { Figure, tagText } from "./cell";
import { figure, type Run } from "./column";
import { tableWords } from "./words";

type Metric = Schemas["Metric"];

/** More metrics than that are looked at on the run's own page. */
const SHOWN = 40;
/** And more charts. */
const DRAWN = 4;

/** What the machine measured beside the program comes last. */
const ofMachine = (metric: string) => metric.startsWith("system/");

/** The first metrics of which a chart says more than a figure. */
function drawn(found: readonly Metric[]): string[] {
  const told = (metric: Metric) => metric.rows > 1 && metric.columns.some((column) => column.numeric > 0);
  return found
    .filter((metric) => !ofMachine(metric.name) && told(metric))
    .map((metric) => metric.name)
    .slice(0, DRAWN);
}

export default function Peek({ run: id, onClose }: { run: string; onClose: () => void }) {
  const say = tableWords();
  const { data: run, failure } = useCall("/runs:get", { run_id: id }, ofRun(id, "run", "deleted")).value;
  const metrics = useAnswer(`peek ${id}`, () => figured("/metrics:list", { run_id: id }), ofRun(id, "metrics")).value
    .data?.metrics;
  return (
    <aside class="peek" aria-label={say.peek}>
      <header>
        <h2 class="cut grow" title={run && nameOf(run)}>
          {run ? nameOf(run) : id}
        </h2>
        {run && (
          <a class="link" href={address(["experiments", run.experiment, "runs", id])}>
            {say.open}
          </a>
        )}
        <button type="button" class="button quiet" aria-label={uiWords().close} onClick={onClose}>
          ✕
        </button>
      </header>
      {failure && <FailureNote failure={failure} />}
      {run && <Facts run={run} />}
      <Hues run={id} />
      {run && metrics && <Metrics found={metrics} />}
      {run && metrics && glance.load && <Later key={id} load={glance.load} with={{ run, names: drawn(metrics) }} />}
      {run && Object.keys(run.params).length > 0 && (
        <section>
          <h3>{say.params}</h3>
          <table>
            <tbody>
              {Object.entries(run.params).map(([name, value]) => (
                <tr key={name}>
                  <th scope="row" title={name}>
                    {name}
                  </th>
                  <td class="cut num" title={text(value)}>
                    {text(value)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </aside>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Facts({ run }: { run: Run }) {
  const { own } = tableWords();
  const facts: [string, ComponentChildren][] = [
    [own.status, <Status key="s" status={run.status} />],
    [own.experiment, run.experiment],
    [own.started, <Moment key="m" at={run.started_at} />],
    [own.duration, <Elapsed key="e" from={run.started_at} to={run.ended_at} />],
    [own.target, run.target],
    [own.user, run.submitted_by],
    [own.tags, Object.entries(run.tags).map(tagText).join(", ")],
  ];
  return (
    <>
      {run.error && <div class="failure">{run.error.message}</div>}
      <dl class="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {run.description && <p class="small">{run.description}</p>}
    </>
  );
}

/** Hues to choose from; the chosen one again gives back the run's own. */
function Hues({ run }: { run: string }) {
  const say = tableWords();
  const chosen = hueOf(run);
  return (
    <section>
      <h3>{say.colour}</h3>
      <div class="hues">
        {PALETTE.map((colour, hue) => (
          <button
            key={hue}
            type="button"
            aria-label={say.hue(hue + 1)}
            aria-pressed={hue === chosen}
            onClick={() => choose(run, hue === chosen ? null : hue)}
          >
            <span class="chip" style={{ background: colour }} />
          </button>
        ))}
      </div>
    </section>
  );
}

function Metrics({ found }: { found: readonly Metric[] }) {
  const say = tableWords();
  const rows = found.flatMap((metric) => metric.columns.map((column) => ({ metric: metric.name, column })));
  const numbers = rows
    .filter(({ column }) => column.numeric > 0)
    .sort((a, b) => Number(ofMachine(a.metric)) - Number(ofMachine(b.metric)))
    .slice(0, SHOWN);
  if (!numbers.length) return null;
  const stats = ["last", "min", "max"] as const;
  return (
    <section>
      <h3>{say.metrics}</h3>
      <table class="figures">
        <thead>
          <tr>
            <td />
            {stats.map((stat) => (
              <th key={stat} scope="col" class="num">
                {say.stat[stat]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbers.map(({ metric, column }) => {
            const name = column.column === "value" ? metric : `${metric} [${column.column}]`;
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {stats.map((stat) => (
                  <td key={stat} class="num">
                    <Figure of={figure(column, stat) ?? (column.nonfinite ? Number.NaN : undefined)} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
