/** The images of the runs whose eye is open, side by side. */
import { address } from "../../base/place";
import FoldedAway from "../../dashboard/drawing-hint";
import { ImagesOfRuns } from "../../files/media/images-of-runs";
import type { Room } from "../../table/room";

export default function Images({ room, experiment }: { room: Room; experiment: string }) {
  const pictured = room.eyes.drawn.value.map(({ run, label, ink }) => ({
    run,
    label,
    href: address(["experiments", experiment, "runs", run, "images"]),
    colour: ink.colour,
  }));
  return (
    <>
      <ImagesOfRuns runs={pictured} />
      <FoldedAway room={room} />
    </>
  );
}
