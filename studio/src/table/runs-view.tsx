/** The whole room: filter, menus, what a page puts between, the table, what can be done with chosen runs, and the summary beside it. */
import { batch } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useKeys } from "../base/keys";
import { address, go } from "../base/place";
import { Later } from "../ui/later";
import { server } from "./asking";
import { FilterBar } from "./filter-bar";
import { Foot } from "./foot";
import { ChildrenSwitch, ExperimentMenu, GroupMenu, SortedBy, StatusMenu } from "./menus";
import { chooseDefaults } from "./names";
import { Room } from "./room";
import { RunsTable } from "./runs-table";
import "./runs-view.css";
import { tableWords } from "./words";

/** A room for the runs of an experiment or the children of a run of it, or for all runs; null while the experiment is not known. */
export function useRoom(experimentId: string | null | undefined, parentId?: string): Room | null {
  const room = useMemo(
    () => (experimentId === undefined ? null : new Room(server, experimentId, undefined, parentId)),
    [experimentId, parentId],
  );
  useEffect(() => {
    if (!room) return;
    room.start();
    return () => room.stop();
  }, [room]);
  return room;
}

/** What a table chooses by itself is asked for once, before its first rows. */
function useDefaults(room: Room): void {
  useEffect(() => {
    let wanted = true;
    chooseDefaults(room, (...asked) => room.asking.runs(...asked)).then(({ columns, flat }) => {
      if (!wanted) return;
      batch(() => {
        room.flatByDefault.value = flat;
        room.defaults.value = columns;
      });
    });
    return () => {
      wanted = false;
    };
  }, [room]);
}

const peek = () => import("./peek");
const editor = () => import("./column-editor");

interface Props {
  room: Room;
  /** Between the filter and the table: charts. */
  between?: ComponentChildren;
  /** Beside the filter. */
  actions?: ComponentChildren;
  empty: ComponentChildren;
  /** Whether the table itself is shown. */
  table?: boolean;
}

export function RunsView({ room, between, actions, empty, table = true }: Props) {
  const say = tableWords();
  const [editing, setEditing] = useState(false);
  useDefaults(room);
  const keys = useMemo(
    () => [{ keys: "/", does: say.keys.filter, run: () => document.getElementById("filter")?.focus() }],
    [say],
  );
  useKeys(say.place, keys);
  const hands = useMemo(
    () => ({
      open: (run: string, experiment: string) => go(address(["experiments", experiment, "runs", run])),
      compare: () => {
        const chosen = [...room.choice.ids.peek()];
        if (chosen.length) go(address(["compare"], { runs: chosen.join(",") }));
      },
    }),
    [room],
  );
  const peeked = room.view.value.peek;
  return (
    <>
      <div class="bar">
        <FilterBar room={room} />
        {table && <SortedBy room={room} />}
        <ChildrenSwitch room={room} />
        {!room.experimentId && <ExperimentMenu room={room} />}
        <StatusMenu room={room} />
        <GroupMenu room={room} />
        {table && (
          <button type="button" class="button" onClick={() => setEditing(true)}>
            {say.columns}
          </button>
        )}
        {actions}
      </div>
      <div class={room.wrong.value ? "halves stale" : "halves"}>
        {between}
        {table && (
          <div class="beside">
            <RunsTable room={room} hands={hands} empty={empty} />
            {peeked && (
              <Later load={peek} with={{ run: peeked, onClose: () => room.change({ peek: null }, "replace") }} />
            )}
          </div>
        )}
      </div>
      {table && <Foot room={room} onCompare={hands.compare} />}
      {/* Once the columns are known: an editor that began without them would take them away. */}
      {editing && room.columns.value && <Later load={editor} with={{ room, onClose: () => setEditing(false) }} />}
    </>
  );
}
