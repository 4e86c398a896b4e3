/** Above a runs table: by status, by experiment, in groups, with children, and an order that no column shows. */
import { useRef, useState } from "preact/hooks";
import { useCall } from "../api/cache";
import { call } from "../api/call";
import { Later } from "../ui/later";
import { Menu, type MenuItem } from "../ui/menu";
import { statusWord } from "../ui/status";
import { columnTitle } from "./cell";
import { type Column, columnText } from "./column";
import { groupKey } from "./grouping";
import { names } from "./names";
import type { Room } from "./room";
import { AGGREGATES, NEWEST } from "./view";
import { NAME } from "./widths";
import { tableWords } from "./words";

const STATUSES = ["Running", "Queued", "Preparing", "Completed", "Failed", "Canceled", "NotResponding"];

function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
}

export function StatusMenu({ room }: { room: Room }) {
  const say = tableWords();
  const { statuses, archived } = room.view.value;
  const items: MenuItem[] = [
    { label: say.all, checked: !statuses.length, run: () => room.change({ statuses: [] }) },
    ...STATUSES.map((status) => ({
      label: statusWord(status),
      checked: statuses.includes(status),
      run: () => room.change({ statuses: toggled(statuses, status) }),
    })),
    { label: say.archivedToo, checked: archived, run: () => room.change({ archived: !archived }) },
  ];
  const label = statuses.length ? statuses.map(statusWord).join(", ") : say.statusMenu;
  return (
    <Menu
      kind={statuses.length || archived ? "on" : ""}
      label={<Chosen text={label} />}
      title={statusTitle(label)}
      items={items}
    />
  );
}

function statusTitle(label: string): string {
  const say = tableWords();
  return label === say.statusMenu ? label : `${say.statusMenu}: ${label}`;
}

function Chosen({ text }: { text: string }) {
  return (
    <>
      <span class="cut chosen-text">{text}</span>
      <span aria-hidden="true">▾</span>
    </>
  );
}

const chooser = () => import("./dialogs/chooser");

/** Names that one answer of a search holds. */
const FOUND = 40;

/** Which experiments' runs are shown, on the page of all runs. */
export function ExperimentMenu({ room }: { room: Room }) {
  const say = tableWords();
  const { experiments } = room.view.value;
  const found = useCall("/experiments:list", { limit: 200 }).value.data?.experiments ?? [];
  const [searching, setSearching] = useState(false);
  const item = (name: string): MenuItem => ({
    label: <span class="cut">{name}</span>,
    checked: experiments.includes(name),
    run: () => room.change({ experiments: toggled(experiments, name) }),
  });
  const find = async (search: string) =>
    (await call("/experiments:list", { search, limit: FOUND })).experiments.map((each) => item(each.name));
  const items: MenuItem[] = [
    { label: say.all, checked: !experiments.length, run: () => room.change({ experiments: [] }) },
    { label: `${say.searchNames}…`, run: () => setSearching(true) },
    ...[...new Set([...experiments, ...found.map((each) => each.name)])].map(item),
  ];
  const label = experiments.length ? experiments.join(", ") : say.experimentMenu;
  const title = experiments.length ? `${say.experimentMenu}: ${label}` : label;
  return (
    <>
      <Menu kind={experiments.length ? "on" : ""} label={<Chosen text={label} />} title={title} items={items} />
      {searching && (
        <Later load={chooser} with={{ title: say.experimentMenu, find, onClose: () => setSearching(false) }} />
      )}
    </>
  );
}

const GROUPED_OWN = ["status", "target", "user", "experiment"] as const;

export function GroupMenu({ room }: { room: Room }) {
  const say = tableWords();
  const { group, aggregate } = room.view.value;
  const [first, setFirst] = useState<readonly Column[]>([]);
  const chosen = group ? columnText(group) : "";
  const [searching, setSearching] = useState(false);
  const named = async (search: string, most: number): Promise<Column[]> => {
    const lists = await Promise.all(
      (["param", "tag"] as const).map(async (kind) => {
        const list = await names(kind, room.experimentId, search, most).catch(() => []);
        return list.map((each): Column => ({ kind, name: each.name }));
      }),
    );
    return lists.flat();
  };
  const item = (column: Column): MenuItem => ({
    label: (
      <>
        <span class="cut grow">{columnTitle(column)}</span>
        <span class="dim small">{say.kinds[column.kind]}</span>
      </>
    ),
    checked: columnText(column) === chosen,
    run: () => room.change({ group: column }),
  });
  const items = (): MenuItem[] => {
    if (!first.length) named("", 15).then(setFirst);
    const own = GROUPED_OWN.filter((name) => name !== "experiment" || !room.experimentId);
    const columns: Column[] = [...first, ...own.map((name): Column => ({ kind: "own", name }))];
    if (group && !columns.some((each) => columnText(each) === chosen)) columns.unshift(group);
    return [
      { label: say.ungroup, checked: !group, run: () => room.change({ group: null }) },
      { label: `${say.searchNames}…`, run: () => setSearching(true) },
      ...columns.filter(groupKey).map(item),
      ...(group
        ? AGGREGATES.map((each) => ({
            label: say.aggregates[each],
            checked: each === aggregate,
            run: () => room.change({ aggregate: each }),
          }))
        : []),
    ];
  };
  const label = group ? `${say.groupBy} ${columnTitle(group)}` : say.groupBy;
  const find = async (search: string) => (await named(search, FOUND)).map(item);
  return (
    <>
      <Menu kind={group ? "on" : ""} label={<Chosen text={label} />} title={label} items={items} />
      {searching && <Later load={chooser} with={{ title: say.groupBy, find, onClose: () => setSearching(false) }} />}
    </>
  );
}

/** Children as rows of their own, or not: offered once a run was seen that has some, and it stays where it is. */
export function ChildrenSwitch({ room }: { room: Room }) {
  const there = useRef(false);
  const flat = room.flat.value;
  if (flat || room.folded.value) there.current = true;
  if (room.parentId || !there.current) return null;
  return (
    <button type="button" class="button" aria-pressed={flat} onClick={() => room.showChildren(!flat)}>
      {tableWords().childRuns}
    </button>
  );
}

/** The order of the rows, where no head of a column shows it. */
export function SortedBy({ room }: { room: Room }) {
  const { column, descending } = room.view.value.sort;
  const text = columnText(column);
  const shown = [NEWEST.column, NAME, ...(room.columns.value ?? [column])];
  if (shown.some((each) => columnText(each) === text) || !room.orders(column)) return null;
  const say = tableWords();
  const stat = column.kind === "metric" ? ` ${say.stat[column.stat]}` : "";
  return (
    <button type="button" class="button on" title={say.endSort} onClick={() => room.change({ sort: NEWEST })}>
      <span class="cut chosen-text">{say.sortedBy(columnTitle(column) + stat)}</span>
      <span aria-hidden="true">{descending ? "↓" : "↑"} ✕</span>
    </button>
  );
}
