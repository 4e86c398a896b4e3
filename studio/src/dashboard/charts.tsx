/** The charts of the runs whose eye is open, or of the groups; their code comes once the first rows are shown. */
import { useRef } from "preact/hooks";
import type { Room } from "../table/room";
import { Later } from "../ui/later";

const drawing = () => import("./drawing");
const hint = () => import("./drawing-hint");

export function Charts({ room }: { room: Room }) {
  const there = useRef(false);
  if (room.rank.state.value.total !== undefined) there.current = true;
  if (!there.current) return null;
  return (
    <>
      <Later load={drawing} with={{ room }} />
      {room.folded.value > 0 && <Later load={hint} with={{ room }} />}
    </>
  );
}
