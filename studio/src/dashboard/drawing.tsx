/** The charts themselves: settings from the address, lines from the table, and what is under the pointer to both. */
import { useEffect, useMemo } from "preact/hooks";
import { ask, query } from "../base/place";
import { frameWords } from "../charts/frame-words";
import { RunCharts } from "../charts/run-charts";
import { fromQuery, toQuery } from "../charts/settings";
import type { Room } from "../table/room";
import { DrawingNote } from "./drawing-note";

export default function Drawing({ room }: { room: Room }) {
  const asked = query.value.toString();
  const settings = useMemo(() => fromQuery(query.peek()), [asked]);
  const groups = room.eyes.groups.value;
  useEffect(() => void room.eyes.nameMembers(), [groups]);
  const lines = groups ? room.eyes.groupedRuns.value : room.eyes.drawn.value;
  const total = groups ? room.grouping.total.value : room.rank.state.value.total;
  // Where there is no run to draw, what was drawn before it must not stay.
  const none = lines.length || total === undefined ? null : total ? "" : frameWords().noRuns;
  const note = useMemo(() => <DrawingNote room={room} />, [room]);
  return (
    <RunCharts
      lines={lines}
      none={none}
      groups={groups}
      settings={settings}
      onSettings={(next) => ask(toQuery(next), next.range === settings.range ? "replace" : "slide")}
      highlighted={room.highlighted.value}
      onHighlight={(run) => (room.highlighted.value = run)}
      note={note}
    />
  );
}
