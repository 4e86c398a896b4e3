/** The charts of one or more runs: what was logged says how each metric is shown; settings come in and go out as props. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { FailureNote } from "../ui/failure";
import { AddChart } from "./add";
import "./charts.css";
import "./run-charts.css";
import { SERIES } from "./asking";
import { kindOf } from "./chooser";
import { type Found, LISTED, useFound } from "./found";
import { frameWords } from "./frame-words";
import { KeySheet } from "./key-sheet";
import { KeySheetContext } from "./key-sheet-context";
import type { Line, LineGroup, Surroundings } from "./kind";
import { useLoaded } from "./loaded";
import { Panel } from "./panel";
import type { Pointer } from "./plot";
import { Screen } from "./screen";
import { ScreenContext } from "./screen-context";
import { arranged, type Section, SYSTEM, sections, wanted } from "./section";
import { server } from "./server";
import { type ChartSettings, type PanelSpec, refName } from "./settings";
import { SourceContext } from "./source";
import { Toolbar } from "./toolbar";
import { placeOf, titleOf } from "./unit";

export type { Line, LineGroup } from "./kind";
export type { ChartSettings } from "./settings";

interface Props {
  lines: readonly Line[];
  groups: readonly LineGroup[] | null;
  settings: ChartSettings;
  onSettings: (settings: ChartSettings) => void;
  highlighted: string | null;
  onHighlight: (run: string | null) => void;
  /** Only these metrics. */
  names?: readonly string[];
  /** Those of the machine, and only those. */
  system?: boolean;
  /** What else is to be said of which lines there are. */
  note?: ComponentChildren;
  /** Without the bar above them. */
  bare?: boolean;
  /** Why there is no line at all, where it is known that there is none. */
  none?: string | null;
}

/** More lines than these in a chart tell nothing; they are drawn if somebody wants them. */
const MANY = 50;
/** So many charts stand together without headings. */
const FEW = 12;

/** What is equal stays the same object, so that what was drawn of it is not drawn again. */
function useSame<Value>(value: Value): Value {
  const kept = useRef(value);
  if (kept.current !== value && JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}

/** Another line that stands out is a signal for the canvases: nothing else is rendered for it. */
export function RunCharts(props: Props) {
  const latest = useRef(props);
  latest.current = props;
  const highlight = useSignal(props.highlighted);
  useEffect(() => {
    highlight.value = props.highlighted;
  }, [props.highlighted]);
  const lines = useSame(props.lines);
  const groups = useSame(props.groups);
  const settings = useSame(props.settings);
  const names = useSame(props.names);
  const { system = false, bare = false, note, none = null } = props;
  return useMemo(
    () => (
      <SourceContext.Provider value={server}>
        <KeySheetContext.Provider value={KeySheet}>
          <Charts
            lines={lines}
            groups={groups}
            settings={settings}
            onSettings={(next) => latest.current.onSettings(next)}
            highlight={highlight}
            onHighlight={(name) => latest.current.onHighlight(name)}
            names={names}
            system={system}
            note={note}
            bare={bare}
            none={none}
          />
        </KeySheetContext.Provider>
      </SourceContext.Provider>
    ),
    [lines, groups, settings, names, system, note, none, bare],
  );
}

interface ChartsProps extends Omit<Surroundings, "pointer"> {
  names: readonly string[] | undefined;
  system: boolean;
  note: ComponentChildren;
  bare: boolean;
  none: string | null;
}

function Charts(props: ChartsProps) {
  const { lines, groups, settings, onSettings, names, system, none } = props;
  const screen = useMemo(() => new Screen(server), []);
  const pointer: Signal<Pointer | null> = useSignal(null);
  const [everyOne, drawEveryOne] = useState(false);
  const [editing, edit] = useState<PanelSpec | "new" | null>(null);
  const listed = useMemo(() => lines.slice(0, LISTED).map((line) => line.run), [lines]);
  const { data, failure } = useFound(listed);
  const { pattern, wrong } = wanted(settings.find);
  const found = useMemo(() => {
    const all = (data ?? []).filter((metric) => !names || names.includes(metric.name));
    // What the page is of comes first, and of the machine what is asked for most.
    const place = ({ name }: Found) => (name.startsWith(SYSTEM) ? placeOf(name) : system ? 100 : -1);
    return all.sort((a, b) => place(a) - place(b));
  }, [data, names, system]);
  const shown = useMemo(
    () => arranged(sections(found, { pattern, hidden: settings.hidden, system }), FEW),
    [found, settings.find, settings.hidden, system],
  );
  const many = !groups && lines.length > MANY;
  const drawn = many ? lines.slice(0, everyOne ? SERIES : MANY) : lines;
  const shared: Surroundings = { ...props, lines: drawn, pointer };
  const hidden = settings.hidden.filter((id) => found.some((metric) => metric.name === id)).length;
  return (
    <ScreenContext.Provider value={screen}>
      <div class="run-charts">
        {!props.bare && (
          <Toolbar settings={settings} onSettings={onSettings} found={found} onAdd={() => edit("new")} wrong={wrong} />
        )}
        <div class="chart-notes dim" role="status">
          {props.note}
          <Notes all={lines.length} drawn={drawn.length} many={many} onAll={() => drawEveryOne(true)} />
        </div>
        {none !== null ? (
          none && <p class="dim">{none}</p>
        ) : (
          <>
            {failure && !data && <FailureNote failure={failure} />}
            <Added {...shared} found={found} all={lines} onEdit={edit} />
            {shown.map((section) => (
              <SectionOf
                key={section.name}
                section={section}
                shared={shared}
                open={shown.length < 8 || section.name === ""}
              />
            ))}
            {data && !found.length && (
              <div class="empty">
                <h2>{frameWords().noMetrics}</h2>
                <p>{frameWords().noMetricsHint}</p>
              </div>
            )}
            {found.length > 0 && !shown.length && settings.find && (
              <p class="chart-nothing dim">{frameWords().noMatch}</p>
            )}
          </>
        )}
        {hidden > 0 && (
          <p class="chart-notes dim">
            {frameWords().hiddenCharts(hidden)}{" "}
            <button type="button" class="button quiet" onClick={() => onSettings({ ...settings, hidden: [] })}>
              {frameWords().showHidden}
            </button>
          </p>
        )}
      </div>
      {editing && (
        <Editor
          found={found}
          lines={lines}
          spec={editing === "new" ? null : editing}
          onClose={() => edit(null)}
          onDone={(spec) => {
            const before = editing === "new" ? "" : editing.id;
            const others = settings.added.filter((each) => each.id !== before && each.id !== spec.id);
            onSettings({ ...settings, added: [...others, spec] });
            edit(null);
          }}
        />
      )}
    </ScreenContext.Provider>
  );
}

function Notes({ all, drawn, many, onAll }: { all: number; drawn: number; many: boolean; onAll: () => void }) {
  const say = frameWords();
  if (all <= LISTED) return null;
  return (
    <>
      {many && drawn < all && (
        <span>
          {say.manyLines(drawn, all)}{" "}
          <button type="button" class="link" onClick={onAll}>
            {say.drawAll}
          </button>
        </span>
      )}
      <span>{say.firstRuns(LISTED, all)}</span>
    </>
  );
}

function SectionOf({ section, shared, open }: { section: Section; shared: Surroundings; open: boolean }) {
  const { settings, lines } = shared;
  const shows = section.metrics.flatMap((metric) => {
    const kind = kindOf(metric, lines.length, settings.panels?.[metric.name]?.form);
    return kind ? [{ metric, kind }] : [];
  });
  if (!shows.length) return null;
  const panel = ({ metric }: { metric: Found }) => (
    <Panel
      key={metric.name}
      {...shared}
      id={metric.name}
      title={metric.name.startsWith(SYSTEM) ? titleOf(metric.name) : metric.name}
      metric={metric}
      spec={null}
    />
  );
  const small = shows.filter(({ kind }) => kind.small);
  // What each run logged once says least of how runs went: it comes last.
  const once = ({ kind }: (typeof shows)[number]) => Number(kind.form === "runs");
  const large = shows.filter(({ kind }) => !kind.small).sort((a, b) => once(a) - once(b));
  const grids = (
    <>
      {small.length > 0 && <div class="chart-cards">{small.map(panel)}</div>}
      {large.length > 0 && (
        <div class="chart-grid" data-columns={settings.columns}>
          {large.map(panel)}
        </div>
      )}
    </>
  );
  if (section.name === "") return grids;
  return (
    <details class="chart-section" open={open}>
      <summary>
        <span class="strong">{section.name}/</span> <span class="dim">{frameWords().shown(shows.length)}</span>
      </summary>
      {grids}
    </details>
  );
}

/** Charts that somebody added; figures are of all runs, however many lines are drawn. */
function Added({
  found,
  all,
  onEdit,
  ...shared
}: Surroundings & { found: readonly Found[]; all: readonly Line[]; onEdit: (spec: PanelSpec) => void }) {
  const { settings, onSettings } = shared;
  if (!settings.added.length) return null;
  const say = frameWords();
  return (
    <div class="chart-grid" data-columns={settings.columns}>
      {settings.added.map((spec) => {
        const name = spec.metrics.map(refName).join(", ");
        const metric: Found = {
          name,
          kind: "scalar",
          of: new Map(),
          rows: spec.show === "all" ? 2 : 1,
          columns: [{ name: "value", numeric: true, bool: false, mixed: false }],
        };
        const known = found.find((each) => each.name === spec.metrics[0]?.metric);
        return (
          <Panel
            key={spec.id}
            {...shared}
            lines={spec.show === "all" ? shared.lines : all}
            id={spec.id}
            title={[name, say.short[spec.show], spec.against && say.over(spec.against)].filter(Boolean).join(" · ")}
            metric={{ ...metric, columns: known && spec.show === "all" ? known.columns.slice(0, 1) : metric.columns }}
            spec={spec}
            onEdit={() => onEdit(spec)}
            onRemove={() => onSettings({ ...settings, added: settings.added.filter((each) => each.id !== spec.id) })}
          />
        );
      })}
    </div>
  );
}

interface EditorProps {
  found: readonly Found[];
  lines: readonly Line[];
  spec: PanelSpec | null;
  onDone: (spec: PanelSpec) => void;
  onClose: () => void;
}

/** The parameters that a chart may be drawn against are those of the first runs. */
function Editor({ lines, ...rest }: EditorProps) {
  const runs = useMemo(() => lines.slice(0, 100).map((line) => line.run), [lines]);
  const none = useMemo(() => new Set<string>(), []);
  const { data } = useLoaded("params", none, (source) => source.figures(runs, [])).value;
  const params = [...new Set((data ?? []).flatMap((each) => Object.keys(each.params)))].sort();
  return <AddChart {...rest} params={params} />;
}
