/** The parameters and figures of many runs as parallel coordinates: which of them went with which. */
import { useMemo, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../../api/cache";
import type { AnswerOf } from "../../../api/call";
import { figured } from "../../../api/figures";
import { nameOf as nameOfRun, placeOf, type Run } from "../../../api/run";
import { inks } from "../../../base/colour";
import { language } from "../../../base/language";
import { address, ask, go, query } from "../../../base/place";
import { frameWords } from "../../../charts/frame-words";
import { passing } from "../../../charts/parallel/brush";
import { type Choice, choiceQuery, OWN, readChoice } from "../../../charts/parallel/choice";
import { ParallelCoordinates, useAxes } from "../../../charts/parallel/parallel";
import { countOf, type Line } from "../../../charts/parallel/scene";
import { type Column, columnText, metricColumns, readColumns, type Stat } from "../../../table/column";
import { type Name, names } from "../../../table/names";
import { FailureNote } from "../../../ui/failure";
import { Menu, type MenuItem } from "../../../ui/menu";
import type { PartProps } from "../part";
import { COLUMNS, STATS } from "../rows";
import { compareWords } from "../words";
import { asAxes, differing, metricChoices, usualAxes, usualColour, valuesOf, withStat } from "./axes";
import { AxisDialog, nameOf } from "./axis-dialog";
import "./parallel.css";
import { pageWords } from "./words";

/** Names of metrics that are offered; of so many experiments they are asked for. */
const NAMES = 400;
const EXPERIMENTS = 8;
/** Of so many of the most common metrics figures are asked for, to find those that these runs have. */
const CANDIDATES = 6;

/** The metrics of the runs' experiments, those of most runs first. */
async function metricNames(experiments: readonly string[]): Promise<Name[]> {
  const all = await Promise.all(experiments.slice(0, EXPERIMENTS).map((id) => names("metric", id, "", NAMES)));
  const found = new Map<string, Name>();
  for (const name of all.flat()) {
    const key = `${name.name}\n${name.column}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, runs: before.runs + name.runs } : name);
  }
  return [...found.values()].sort((a, b) => b.runs - a.runs);
}

/** The same list while the same runs are in it: the page makes one whenever the address changes, as while a range is dragged. */
function useSame(runs: readonly Run[]): readonly Run[] {
  const kept = useRef(runs);
  const same = kept.current.length === runs.length && runs.every((run, index) => run === kept.current[index]);
  if (!same) kept.current = runs;
  return kept.current;
}

export function CompareParallel(props: PartProps) {
  const runs = useSame(props.runs);
  const experiments = [...new Set(runs.map((run) => run.experiment_id))];
  const named = useAnswer(`metric names of ${experiments.join()}`, () => metricNames(experiments)).value;
  if (named.failure && !named.data) return <FailureNote failure={named.failure} />;
  return named.data ? <Loaded runs={runs} named={named.data} /> : null;
}

function Loaded({ runs, named }: PartProps & { named: readonly Name[] }) {
  const asked = query.value;
  const held = useRef<ShownProps | null>(null);
  const stat = STATS.find((each) => each === asked.get("stat")) ?? "last";
  const choice = useMemo(() => readChoice(asked), [asked]);
  const metrics = useMemo(() => metricChoices(named, stat), [named, stat]);
  const params = useMemo(() => differing(runs, "param"), [runs]);
  const chosen = useMemo(() => choice.axes?.flatMap((id) => readColumns(id)), [choice.axes?.join()]);
  const candidates = useMemo(() => metrics.slice(0, CANDIDATES), [metrics]);
  // With the candidates, so that what is chosen of them is there already.
  const wanted = metricColumns([...candidates, ...(chosen ?? [])]);
  const ids = runs.map((run) => run.run_id);
  const own = new Set(ids);
  const found = useAnswer(
    `figures of ${JSON.stringify([ids, wanted])}`,
    () => figured("/runs:list", { run_ids: ids, limit: 1000, hidden: true, columns: wanted }),
    (notice) => own.has(notice.subject) && notice.what.some((what) => what === "metrics" || what === "run"),
  ).value;
  const listed = useMemo(() => found.data && inOrder(found.data, ids), [found.data, ids.join()]);
  const values = useMemo(
    () => listed && valuesOf(listed, chosen ?? [...params, ...candidates], wanted),
    [listed, chosen, params, candidates],
  );
  const columns = useMemo(
    () => values && (chosen ?? usualAxes(params, candidates, values)),
    [values, chosen, params, candidates],
  );
  if (found.failure && !found.data) return <FailureNote failure={found.failure} />;
  // What was shown stays until the figures of another axis come.
  if (listed && values && columns) held.current = { listed, values, columns, choice, params, metrics, stat };
  return held.current && <Shown {...held.current} />;
}

/** The server answers in an order of its own. */
function inOrder(listed: AnswerOf<"/runs:list">, ids: readonly string[]) {
  const at = new Map(listed.runs.map((run, row) => [run.run_id, row]));
  const rows = ids.flatMap((id) => at.get(id) ?? []);
  return {
    ...listed,
    runs: rows.map((row) => listed.runs[row]!),
    summaries: rows.map((row) => listed.summaries[row] ?? []),
  };
}

/** "last", "dernière". */
function figureWord(stat: Stat): string {
  return (frameWords().short as Record<string, string>)[stat] ?? stat;
}

interface ShownProps {
  listed: ReturnType<typeof inOrder>;
  values: ReturnType<typeof valuesOf>;
  columns: readonly Column[];
  choice: Choice;
  params: readonly Column[];
  metrics: readonly Column[];
  stat: Stat;
}

function linesOf(runs: readonly Run[]): Line[] {
  const dealt = inks(runs.map((run) => run.run_id));
  return runs.map((run) => ({
    run: run.run_id,
    label: nameOfRun(run),
    ink: dealt.get(run.run_id)!,
    href: address(placeOf(run)),
  }));
}

function Shown({ listed, values, columns, choice, params, metrics, stat }: ShownProps) {
  const say = pageWords();
  const compare = compareWords();
  const { runs } = listed;
  const [choosing, choose] = useState(false);
  const lines = useMemo(() => linesOf(runs), [runs]);
  const data = useMemo(
    () =>
      asAxes(columns, values, (column) => ({
        title: column.kind === "own" && column.name === "duration" ? say.duration : nameOf(column),
        ...(column.kind === "metric" ? { note: figureWord(column.stat) } : {}),
      })),
    [columns, values, language.value],
  );
  const axes = useAxes(data, choice.logs);
  const pass = useMemo(() => passing(axes, choice.brushes, runs.length), [axes, choice.brushes, runs]);
  const passed = countOf(pass);
  const colour = choice.colour ?? usualColour(columns, runs.length, OWN);
  const tags = useMemo(() => differing(runs, "tag"), [runs]);
  const keep = (next: Choice, how: "push" | "slide") => ask(choiceQuery(next), how);
  const setColumns = (next: readonly Column[] | null) =>
    keep({ ...choice, axes: next?.map(columnText) ?? null }, "push");
  const figures = (id: string): MenuItem[] => {
    const at = columns.findIndex((column) => columnText(column) === id);
    const column = columns[at];
    if (column?.kind !== "metric") return [];
    return STATS.map((each) => ({
      label: figureWord(each),
      checked: column.stat === each,
      run: () => {
        const next: Column = { ...column, stat: each };
        const named = columns.some((other) => columnText(other) === columnText(next));
        if (!named) keep(restated(choice, columns, columns.with(at, next)), "push");
      },
    }));
  };
  const these = runs.filter((_, index) => pass[index]).map((run) => run.run_id);
  return (
    <>
      <div class="bar parallel-bar">
        <button type="button" class="button" onClick={() => choose(true)}>
          {say.axes} ▾
        </button>
        <Menu
          label={
            <span class="cut">
              {say.named(say.colourMenu, data.find((each) => each.id === colour)?.title ?? say.ownColours)} ▾
            </span>
          }
          items={[
            { label: say.ownColours, checked: colour === OWN, run: () => keep({ ...choice, colour: OWN }, "push") },
            ...axes.map(({ id, title }) => ({
              label: <span class="cut">{title}</span>,
              checked: colour === id,
              run: () => keep({ ...choice, colour: id }, "push"),
            })),
          ]}
        />
        <label>
          {compare.stat}{" "}
          <select
            class="field"
            value={stat}
            onChange={(event) => {
              const next = event.currentTarget.value as Stat;
              const restatedChoice = choice.axes ? restated(choice, columns, withStat(columns, next)) : choice;
              ask({ ...choiceQuery(restatedChoice), stat: next });
            }}
          >
            {STATS.map((each) => (
              <option key={each} value={each}>
                {figureWord(each)}
              </option>
            ))}
          </select>
        </label>
        <span class="grow" />
        <output class="passed">{say.pass(passed, runs.length)}</output>
        <button
          type="button"
          class="button"
          disabled={!Object.keys(choice.brushes).length}
          onClick={() => keep({ ...choice, brushes: {} }, "push")}
        >
          {say.clear}
        </button>
        <button
          type="button"
          class="button"
          disabled={passed < 2 || passed === runs.length}
          onClick={() => go(comparing(these))}
        >
          {say.compare}
        </button>
      </div>
      {columns.length ? (
        <div class="parallel-room">
          <ParallelCoordinates
            lines={lines}
            columns={data}
            colour={colour}
            choice={choice}
            onChoice={keep}
            onOpen={(line) => go(line.href)}
            extras={({ id }) => figures(id)}
          />
          <p class="dim small">{say.hint}</p>
        </div>
      ) : (
        <div class="empty">{say.none}</div>
      )}
      {choosing && (
        <AxisDialog
          {...{ params, metrics, tags }}
          chosen={columns}
          onChoose={setColumns}
          onClose={() => choose(false)}
        />
      )}
    </>
  );
}

/** The comparison of these runs alone: of few enough the table of their values. */
function comparing(ids: readonly string[]): string {
  return address(["compare"], {
    ...Object.fromEntries(query.value),
    runs: ids.join(","),
    br: null,
    base: null,
    tab: ids.length > COLUMNS ? "parallel" : "table",
  });
}

/** Another figure of a metric is another axis: what was chosen of the old one goes on where it makes sense. */
function restated(choice: Choice, before: readonly Column[], after: readonly Column[]): Choice {
  const ids = new Map(before.map((column, index) => [columnText(column), columnText(after[index]!)]));
  const kept = (id: string) => ids.get(id) === id || !ids.has(id);
  return {
    axes: [...new Set(after.map(columnText))],
    colour: choice.colour === null ? null : (ids.get(choice.colour) ?? choice.colour),
    logs: Object.fromEntries(Object.entries(choice.logs).map(([id, log]) => [ids.get(id) ?? id, log])),
    // A range of the last values says nothing of the smallest.
    brushes: Object.fromEntries(Object.entries(choice.brushes).filter(([id]) => kept(id))),
  };
}
