/** The images of a run: a strip for each metric, all at the step of one slider; and image files that were not logged. */
import { useMemo } from "preact/hooks";
import { ofRun, useAnswer } from "../../api/cache";
import { ImageFiles } from "../../files/media/image-files";
import "../../files/media/media.css";
import { ImagePanel } from "../../files/media/panel";
import { PinControls, usePinned } from "../../files/media/pinned";
import { PlayerBar, usePlayer } from "../../files/media/player";
import type { Strip } from "../../files/media/shot";
import { stopsOf } from "../../files/media/step";
import { stripsOf } from "../../files/media/strips";
import { mediaWords } from "../../files/media/words";
import { FailureNote } from "../../ui/failure";
import type { TabProps } from "./tab";

const EXAMPLE = `run.log_image("samples", path="sample.png")
run.log_image("predictions", plot=plt)`;

export function ImagesTab({ run }: TabProps) {
  const { run_id: id } = run;
  const found = useAnswer(`images of ${id}`, () => stripsOf(id), ofRun(id, "metrics")).value;
  const strips = found.data;
  const logged = useMemo(
    () => new Set((strips ?? []).flatMap((strip) => strip.shots.map((shot) => shot.path))),
    [strips],
  );
  return (
    <div class="scroll">
      {found.failure && <FailureNote failure={found.failure} />}
      {strips && (logged.size ? <Strips run={id} strips={strips} /> : <Nothing />)}
      {strips && <ImageFiles run={run} logged={logged} />}
    </div>
  );
}

function Strips({ run, strips }: { run: string; strips: readonly Strip[] }) {
  const stops = useMemo(() => stopsOf(strips), [strips]);
  const player = usePlayer(stops);
  const pinned = usePinned(stops);
  const hasSteps = strips.some((strip) => strip.hasSteps);
  return (
    <>
      <div class="bar">
        <PlayerBar player={player} hasSteps={hasSteps}>
          <PinControls player={player} pinned={pinned} hasSteps={hasSteps} />
        </PlayerBar>
      </div>
      <div class={pinned.stop && pinned.how === "beside" ? "image-grid beside" : "image-grid"}>
        {strips.map((strip) => (
          <ImagePanel key={strip.name} run={run} strip={strip} player={player} pinned={pinned} />
        ))}
      </div>
    </>
  );
}

function Nothing() {
  const say = mediaWords();
  return (
    <div class="empty">
      <h2>{say.noImages}</h2>
      <p>{say.noImagesText}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0}>{EXAMPLE}</pre>
    </div>
  );
}
