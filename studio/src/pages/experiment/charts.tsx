/** The charts of the runs whose eye is open; their code comes once the first rows are shown. */
import type { Room } from "../../table/room";

export function Charts({ room }: { room: Room }) {
  return <div class="charts-place" data-runs={room.drawn.value.length} />;
}
