/** A pinned step, A, with which the step of the slider, B, is compared: beside it, or in turn with it. */
import { useEffect, useState } from "preact/hooks";
import { ask, query } from "../../base/place";
import { type Player, stopName } from "./player";
import { indexOf, type Stop, stopText } from "./step";
import { mediaWords } from "./words";

/** How long each of the two is seen; slow enough to be no flashing. */
const BLINK_MS = 700;

export interface Pinned {
  stop: Stop | null;
  how: "beside" | "blink";
  /** Whether A is the one seen now, where they take turns. */
  turn: boolean;
}

/** The pinned step of the address: `a`, and `ab=blink`. */
export function usePinned(stops: readonly Stop[]): Pinned {
  const text = query.value.get("a");
  const stop = text === null ? null : (stops[indexOf(stops, text)] ?? null);
  const how = query.value.get("ab") === "blink" ? "blink" : "beside";
  const [turn, setTurn] = useState(false);
  const blinks = stop !== null && how === "blink";
  useEffect(() => {
    if (!blinks) return;
    const timer = setInterval(() => setTurn((now) => !now), BLINK_MS);
    return () => clearInterval(timer);
  }, [blinks]);
  return { stop, how, turn: blinks && turn };
}

interface Props {
  player: Player;
  pinned: Pinned;
  hasSteps: boolean;
}

export function PinControls({ player, pinned, hasSteps }: Props) {
  const say = mediaWords();
  const here = player.stops[player.index];
  if (player.stops.length < 2 || !here) return null;
  if (!pinned.stop)
    return (
      <button type="button" class="button" title={say.pinHint} onClick={() => ask({ a: stopText(here) })}>
        {say.pin}
      </button>
    );
  return (
    <span class="player-pin">
      <span>
        A: <span class="strong">{stopName(pinned.stop, hasSteps)}</span>
      </span>
      <button type="button" class="button" aria-pressed={pinned.how === "beside"} onClick={() => ask({ ab: null })}>
        {say.beside}
      </button>
      <button type="button" class="button" aria-pressed={pinned.how === "blink"} onClick={() => ask({ ab: "blink" })}>
        {say.blink}
      </button>
      <button
        type="button"
        class="button quiet"
        aria-label={say.unpin}
        title={say.unpin}
        onClick={() => ask({ a: null, ab: null })}
      >
        ✕
      </button>
    </span>
  );
}
