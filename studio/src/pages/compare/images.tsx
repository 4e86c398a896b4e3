/** The images of the runs that are compared. */
import { nameOf, placeOf } from "../../api/run";
import { inks } from "../../base/colour";
import { address } from "../../base/place";
import { ImagesOfRuns } from "../../files/media/images-of-runs";
import type { PartProps } from "./part";

export function CompareImages({ runs }: PartProps) {
  const dealt = inks(runs.map((run) => run.run_id));
  const pictured = runs.map((run) => ({
    run: run.run_id,
    label: nameOf(run),
    href: address(placeOf(run, "images")),
    colour: dealt.get(run.run_id)!.colour,
  }));
  return <ImagesOfRuns runs={pictured} />;
}
