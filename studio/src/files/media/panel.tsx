/** The image of one metric at a step, or two of them to compare; pressed, it is seen large. */
import { useState } from "preact/hooks";
import { Dialog } from "../../ui/dialog";
import { imageAddress, Picture } from "./picture";
import type { Pinned } from "./pinned";
import { type Player, PlayerBar, stopName } from "./player";
import type { Strip } from "./shot";
import { type Stop, shotAt } from "./step";
import { mediaWords } from "./words";

interface SeenProps {
  run: string;
  strip: Strip;
  stop: Stop;
  real?: boolean;
}

/** A strip's image at a stop. */
function Seen({ run, strip, stop, real = false }: SeenProps) {
  const say = mediaWords();
  const shot = shotAt(strip, stop);
  if (!shot) return <span class="image none">{say.notYet}</span>;
  return <Picture run={run} path={shot.path} alt={say.image(strip.name, stopName(shot, strip.hasSteps))} real={real} />;
}

interface LookProps extends SeenProps {
  pinned: Pinned | undefined;
}

function Look({ run, strip, stop, pinned, real = false }: LookProps) {
  const common = { run, strip, real };
  if (!pinned?.stop) return <Seen {...common} stop={stop} />;
  const half = (name: string, at: Stop, hidden: boolean) => (
    <span key={name} class="half" style={{ visibility: hidden ? "hidden" : "visible" }}>
      <Seen {...common} stop={at} />
      <span class="letter">{name}</span>
    </span>
  );
  const blinks = pinned.how === "blink";
  return (
    <span class={blinks ? "look blink" : "look"}>
      {half("A", pinned.stop, blinks && !pinned.turn)}
      {half("B", stop, blinks && pinned.turn)}
    </span>
  );
}

interface Props {
  run: string;
  strip: Strip;
  player: Player;
  pinned?: Pinned;
  /** What it is called where the metric's name alone does not say it. */
  title?: string;
  /** Whether its name stands above it. */
  headed?: boolean;
}

export function ImagePanel({ run, strip, player, pinned, title = strip.name, headed = true }: Props) {
  const say = mediaWords();
  const [large, setLarge] = useState(false);
  const stop = player.stops[player.index];
  if (!stop) return null;
  const shot = shotAt(strip, stop);
  // Said where it is not what the slider says.
  const older = shot && shot.step !== stop.step ? stopName(shot, strip.hasSteps) : "";
  return (
    <figure class="panel image-panel">
      {headed && (
        <figcaption>
          <span class="cut strong" title={title}>
            {title}
          </span>
          <span class="dim">{older}</span>
        </figcaption>
      )}
      <button type="button" class="image-button" onClick={() => setLarge(true)}>
        <span class="unseen">{say.enlarge(title)}</span>
        <Look run={run} strip={strip} stop={stop} pinned={pinned} />
      </button>
      {!headed && older && <span class="older dim">{older}</span>}
      {large && <Large {...{ run, strip, player, pinned, title }} onClose={() => setLarge(false)} />}
    </figure>
  );
}

interface LargeProps {
  run: string;
  strip: Strip;
  player: Player;
  pinned: Pinned | undefined;
  title: string;
  onClose: () => void;
}

function Large({ run, strip, player, pinned, title, onClose }: LargeProps) {
  const say = mediaWords();
  const [real, setReal] = useState(false);
  const stop = player.stops[player.index]!;
  const shot = shotAt(strip, stop);
  // Keys of the page rest while a dialog is open; the slider's own stay.
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    player.goTo(player.index + by * (event.shiftKey ? 10 : 1));
  };
  return (
    <Dialog title={title} wide onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only hears what its parts did not use */}
      <div class="large-image" onKeyDown={onKeyDown}>
        <div class="bar">
          <PlayerBar player={player} hasSteps={strip.hasSteps} />
          <button type="button" class="button" aria-pressed={!real} onClick={() => setReal(false)}>
            {say.fit}
          </button>
          <button type="button" class="button" aria-pressed={real} onClick={() => setReal(true)}>
            {say.real}
          </button>
          {shot && (
            <a class="button" href={imageAddress(run, shot.path, true)} download title={shot.path}>
              {say.download}
            </a>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section class="large-body" tabIndex={0} aria-label={title}>
          <Look run={run} strip={strip} stop={stop} pinned={pinned} real={real} />
        </section>
      </div>
    </Dialog>
  );
}
