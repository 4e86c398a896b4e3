/** Chooses the columns of a table: any name that runs use, of metrics any figures, in any order. */
import { useEffect, useState } from "preact/hooks";
import { catalogue } from "../base/language";
import { Dialog } from "../ui/dialog";
import { uiWords } from "../ui/words";
import { columnTitle } from "./cell";
import "./dialogs.css";
import { type Column, columnText, OWN, STATS, type Stat } from "./column";
import { type Name, type NameKind, names, preferred } from "./names";
import type { Room } from "./room";
import { tableWords } from "./words";

const words = catalogue({
  en: {
    title: "Columns",
    search: "Search metrics, parameters, tags, properties",
    shown: "Shown, from left to right",
    up: (name: string) => `Move ${name} to the left`,
    down: (name: string) => `Move ${name} to the right`,
    remove: (name: string) => `Remove ${name}`,
    reset: "As by default",
    apply: "Show",
  },
  fr: {
    title: "Colonnes",
    search: "Chercher des métriques, paramètres, étiquettes, propriétés",
    shown: "Affichées, de gauche à droite",
    up: (name: string) => `Déplacer ${name} vers la gauche`,
    down: (name: string) => `Déplacer ${name} vers la droite`,
    remove: (name: string) => `Retirer ${name}`,
    reset: "Par défaut",
    apply: "Afficher",
  },
});

const KINDS: readonly NameKind[] = ["metric", "param", "tag", "property"];
const FOUND = 40;
/** Of so many metrics the first are chosen: the machine's alone are dozens. */
const METRICS = 200;
const MAIN_STATS: readonly Stat[] = ["last", "min", "max"];

export default function ColumnEditor({ room, onClose }: { room: Room; onClose: () => void }) {
  const say = words();
  const [columns, setColumns] = useState<readonly Column[]>(room.columns.peek() ?? []);
  const [search, setSearch] = useState("");
  const has = (column: Column) => columns.some((each) => columnText(each) === columnText(column));
  const put = (column: Column, on: boolean) => {
    const without = columns.filter((each) => columnText(each) !== columnText(column));
    setColumns(on ? inserted(without, column) : without);
  };
  return (
    <Dialog
      title={say.title}
      wide
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={() => setColumns(room.defaults.peek() ?? [])}>
            {say.reset}
          </button>
          <span class="grow" />
          <button type="button" class="button" onClick={onClose}>
            {uiWords().cancel}
          </button>
          <button
            type="button"
            class="button primary"
            onClick={() => {
              room.setColumns(columns);
              onClose();
            }}
          >
            {say.apply}
          </button>
        </>
      }
    >
      <div class="editor">
        <div class="found">
          <input
            class="field"
            type="search"
            aria-label={say.search}
            placeholder={say.search}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <Own search={search} has={has} put={put} />
          {KINDS.map((kind) => (
            <Found key={kind} room={room} kind={kind} search={search} has={has} put={put} />
          ))}
        </div>
        <Shown columns={columns} onChange={setColumns} />
      </div>
    </Dialog>
  );
}

/** A further figure of a metric goes behind those that are there, other columns before the run's own at the end. */
function inserted(columns: readonly Column[], column: Column): Column[] {
  const next = [...columns];
  const last = next.findLastIndex((each) =>
    column.kind === "metric" ? each.kind === "metric" && each.name === column.name : each.kind === column.kind,
  );
  const end = next.findIndex((each) => each.kind === "own" && ["target", "user", "tags"].includes(each.name));
  next.splice(last >= 0 ? last + 1 : end >= 0 && column.kind !== "own" ? end : next.length, 0, column);
  return next;
}

interface Choosing {
  search: string;
  has: (column: Column) => boolean;
  put: (column: Column, on: boolean) => void;
}

function Own({ search, has, put }: Choosing) {
  const all = OWN.filter((name) => name !== "name").map((name): Column => ({ kind: "own", name }));
  const found = all.filter((each) => columnTitle(each).toLowerCase().includes(search.toLowerCase()));
  if (!found.length) return null;
  return (
    <section>
      <h3>{tableWords().kinds.own}</h3>
      <div class="choices">
        {found.map((column) => (
          <Choice
            key={columnText(column)}
            label={columnTitle(column)}
            on={has(column)}
            onChange={(on) => put(column, on)}
          />
        ))}
      </div>
    </section>
  );
}

function Found({ room, kind, search, has, put }: Choosing & { room: Room; kind: NameKind }) {
  const [found, setFound] = useState<readonly Name[] | null>(null);
  useEffect(() => {
    let asked = true;
    const timer = setTimeout(
      async () => {
        const metric = kind === "metric";
        const list = await names(kind, room.experimentId, search, metric ? METRICS : FOUND).catch(() => []);
        if (asked) setFound(metric ? preferred(list).slice(0, FOUND) : list);
      },
      search ? 150 : 0,
    );
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }, [kind, search, room]);
  if (!found?.length) return null;
  return (
    <section>
      <h3>{tableWords().kinds[kind]}</h3>
      {kind === "metric" ? (
        found.map((name) => <MetricChoice key={`${name.name}\n${name.column}`} name={name} has={has} put={put} />)
      ) : (
        <div class="choices">
          {found.map(({ name }) => {
            const column: Column = { kind, name };
            return <Choice key={name} label={name} on={has(column)} onChange={(on) => put(column, on)} />;
          })}
        </div>
      )}
    </section>
  );
}

function MetricChoice({ name, has, put }: { name: Name } & Pick<Choosing, "has" | "put">) {
  const column = (stat: Stat): Column => ({ kind: "metric", name: name.name, column: name.column || "value", stat });
  const rest = STATS.filter((stat) => !MAIN_STATS.includes(stat));
  const title = columnTitle(column("last"));
  const box = (stat: Stat) => (
    <Choice
      key={stat}
      label={tableWords().stat[stat]}
      on={has(column(stat))}
      onChange={(on) => put(column(stat), on)}
    />
  );
  return (
    <fieldset class="metric">
      <legend class="cut" title={title}>
        {title}
      </legend>
      <span class="dim small count">{tableWords().runs(name.runs)}</span>
      {MAIN_STATS.map(box)}
      <details open={rest.some((stat) => has(column(stat)))}>
        <summary aria-label={uiWords().more}>…</summary>
        {rest.map(box)}
      </details>
    </fieldset>
  );
}

function Choice({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label>
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span class="cut" title={label}>
        {label}
      </span>
    </label>
  );
}

function Shown({ columns, onChange }: { columns: readonly Column[]; onChange: (next: readonly Column[]) => void }) {
  const say = words();
  const move = (from: number, to: number) => {
    const next = [...columns];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  return (
    <div class="shown">
      <h3>{say.shown}</h3>
      <ol>
        {columns.map((column, index) => {
          const stat = column.kind === "metric" ? ` ${tableWords().stat[column.stat]}` : "";
          const title = columnTitle(column) + stat;
          const button = (label: string, sign: string, run: () => void, disabled = false) => (
            <button type="button" class="button quiet" aria-label={label} disabled={disabled} onClick={run}>
              {sign}
            </button>
          );
          return (
            <li key={columnText(column)}>
              <span class="cut grow" title={title}>
                {title}
              </span>
              {button(say.up(title), "↑", () => move(index, index - 1), index === 0)}
              {button(say.down(title), "↓", () => move(index, index + 1), index === columns.length - 1)}
              {button(say.remove(title), "✕", () => onChange(columns.filter((each) => each !== column)))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
