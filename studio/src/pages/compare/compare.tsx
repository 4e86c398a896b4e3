/** Several runs side by side: values, parameters over many runs, charts, code, images. */
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { ofKind, useAnswer, useCall } from "../../api/cache";
import type { Schemas } from "../../api/call";
import { metricsOf } from "../../api/metric";
import { nameOf, placeOf, type Run } from "../../api/run";
import { inks } from "../../base/colour";
import { address, ask, query } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Later } from "../../ui/later";
import { Page } from "../../ui/page";
import { Status, statusWord } from "../../ui/status";
import { Tabs } from "../../ui/tabs";
import "./compare.css";
import type { PartProps } from "./part";
import { COLUMNS, environmentRows, factRows, metricRows, rowsOf, STATS, type Stat } from "./rows";
import { Values } from "./values";
import { compareWords } from "./words";

const PARTS: Record<string, () => Promise<{ default: ComponentType<PartProps> }>> = {
  parallel: async () => ({ default: (await import("./parallel/parallel")).CompareParallel }),
  charts: async () => ({ default: (await import("./charts")).CompareCharts }),
  code: async () => ({ default: (await import("./code")).CompareCode }),
  images: async () => ({ default: (await import("./images")).CompareImages }),
};

export default function Compare() {
  const say = compareWords();
  const ids = (query.value.get("runs") ?? "").split(",").filter(Boolean);
  const found = useCall(
    "/runs:list",
    ids.length ? { run_ids: ids, limit: 1000, hidden: true } : null,
    ofKind("run", "deleted"),
  ).value;
  const byId = new Map((found.data?.runs ?? []).map((run) => [run.run_id, run]));
  const base = query.value.get("base") ?? ids[0];
  const order = [...ids].sort((a, b) => Number(b === base) - Number(a === base));
  const runs = order.flatMap((id) => byId.get(id) ?? []);
  const gone = found.data ? ids.filter((id) => !byId.has(id)) : [];
  // A table shows ten of them at most.
  const usual = ids.length > COLUMNS ? "parallel" : "table";
  const tab = query.value.get("tab") ?? usual;
  const words = say as unknown as Record<string, string>;
  // All of one experiment: the way back to it.
  const [one, ...others] = new Set(runs.map((run) => run.experiment));
  const crumbs = [{ label: say.experiments, href: address(["experiments"]) }];
  if (one && !others.length) crumbs.push({ label: one, href: address(["experiments", one]) });
  return (
    <Page crumbs={[...crumbs, { label: say.compare }]}>
      <Tabs
        label={say.parts}
        here={tab}
        tabs={["table", ...Object.keys(PARTS)].map((id) => ({
          id,
          label: words[id] ?? id,
          href: address(["compare"], { ...Object.fromEntries(query.value), tab: id === usual ? null : id }),
        }))}
      />
      {found.failure && <FailureNote failure={found.failure} />}
      {gone.length > 0 && <div class="failure">{say.gone(gone.join(", "))}</div>}
      {ids.length < 2 && <div class="empty">{say.few}</div>}
      {runs.length > 0 &&
        (tab in PARTS ? <Later key={tab} load={PARTS[tab]!} with={{ runs }} /> : <Table runs={runs} />)}
    </Page>
  );
}

function Table({ runs }: { runs: readonly Run[] }) {
  const say = compareWords();
  const shown = runs.slice(0, COLUMNS);
  const differencesOnly = query.value.get("diff") !== "all";
  const stat = (query.value.get("stat") ?? "last") as Stat;
  const ids = shown.map((run) => run.run_id);
  const metrics = useAnswer(`metrics of ${ids.join()}`, () => Promise.all(ids.map(ownMetrics)), ofKind("metrics")).value
    .data;
  const dealt = inks(ids);
  const shared = { differencesOnly, columns: shown.length };
  const parts = [
    { title: say.params, rows: rowsOf(shown.map((run) => run.params)), deltas: "given" as const },
    {
      title: `${say.metrics} · ${say.stats[stat] ?? stat}`,
      rows: metrics ? metricRows(metrics, stat) : [],
      deltas: "measured" as const,
    },
    { title: say.facts, rows: factRows(shown, say, statusWord) },
    { title: say.tags, rows: rowsOf(shown.map((run) => run.tags)) },
    { title: say.environment, rows: environmentRows(shown) },
    { title: say.properties, rows: rowsOf(shown.map((run) => run.properties)) },
  ];
  const nothing = metrics && differencesOnly && !parts.some((part) => part.rows.some((row) => row.differs));
  return (
    <>
      <div class="bar compared">
        <label>
          <input
            type="checkbox"
            checked={differencesOnly}
            onChange={(event) => ask({ diff: event.currentTarget.checked ? null : "all" })}
          />
          {say.differences}
        </label>
        <label>
          {say.stat}
          <select class="field" value={stat} onChange={(event) => ask({ stat: event.currentTarget.value })}>
            {STATS.map((each) => (
              <option key={each} value={each}>
                {say.stats[each] ?? each}
              </option>
            ))}
          </select>
        </label>
        {runs.length > COLUMNS && <span class="dim">{say.tooMany(runs.length)}</span>}
        <span class="grow" />
        <AddRun />
      </div>
      <div class="scroll">
        <table class="plain compare">
          <thead>
            <tr>
              <td />
              {shown.map((run, index) => (
                <Head key={run.run_id} run={run} first={index === 0} colour={dealt.get(run.run_id)!.colour} />
              ))}
            </tr>
          </thead>
          {parts.map((part) => (
            <Values key={part.title} {...shared} {...part} />
          ))}
        </table>
        {nothing && <div class="empty">{say.same}</div>}
      </div>
    </>
  );
}

async function ownMetrics(run_id: string): Promise<Schemas["Metric"][]> {
  return (await metricsOf(run_id)).filter((metric) => !metric.name.startsWith("system/"));
}

function Head({ run, first, colour }: { run: Run; first: boolean; colour: string }) {
  const say = compareWords();
  const without = (query.value.get("runs") ?? "").split(",").filter((id) => id !== run.run_id);
  return (
    <th scope="col">
      <span class="head">
        <span class="chip" style={{ background: colour }} />
        <a class="strong cut" href={address(placeOf(run))} title={nameOf(run)}>
          {nameOf(run)}
        </a>
        <Status status={run.status} bare />
        {first ? (
          <span class="tag">{say.baseline}</span>
        ) : (
          <button
            type="button"
            class="button quiet"
            title={say.makeBaseline(nameOf(run))}
            aria-label={say.makeBaseline(nameOf(run))}
            onClick={() => ask({ base: run.run_id })}
          >
            ⇤
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          title={say.remove(nameOf(run))}
          aria-label={say.remove(nameOf(run))}
          onClick={() => ask({ runs: without.join(","), base: null })}
        >
          ✕
        </button>
      </span>
    </th>
  );
}

function AddRun() {
  const say = compareWords();
  const [id, setId] = useState("");
  return (
    <form
      class="bar"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) ask({ runs: `${query.value.get("runs") ?? ""},${id.trim()}`.replace(/^,/, "") });
        setId("");
      }}
    >
      <input
        class="field"
        aria-label={say.add}
        placeholder={say.add}
        value={id}
        onInput={(event) => setId(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {say.addDo}
      </button>
    </form>
  );
}
