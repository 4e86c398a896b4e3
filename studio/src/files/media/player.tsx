/** One slider over steps for all images of a page: by hand, by keys, or by itself. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Key, useKeys } from "../../base/keys";
import { ask, query } from "../../base/place";
import { indexOf, type Stop, stopText } from "./step";
import { mediaWords } from "./words";

/** How long a step is seen while it plays. */
const PLAY_MS = 500;
/** Steps of a key pressed with Shift. */
export const FAR = 10;

export interface Player {
  stops: readonly Stop[];
  index: number;
  goTo: (index: number) => void;
  playing: boolean;
  setPlaying: (on: boolean) => void;
}

/** The stop that the address names (`step`); the last one, also as further ones come, where it names none. */
export function usePlayer(stops: readonly Stop[]): Player {
  const index = indexOf(stops, query.value.get("step"));
  const [playing, setPlaying] = useState(false);
  const goTo = (to: number) => {
    const at = Math.max(0, Math.min(to, stops.length - 1));
    ask({ step: at === stops.length - 1 ? null : stopText(stops[at]!) }, "replace");
  };
  const player = { stops, index, goTo, playing: playing && stops.length > 1, setPlaying };
  const latest = useRef(player);
  latest.current = player;
  useEffect(() => {
    if (!player.playing) return;
    if (latest.current.index === latest.current.stops.length - 1) goTo(0);
    const timer = setInterval(() => {
      const { index: at, stops: all } = latest.current;
      if (at >= all.length - 1) setPlaying(false);
      else latest.current.goTo(at + 1);
    }, PLAY_MS);
    return () => clearInterval(timer);
  }, [player.playing]);
  useKeys(
    mediaWords().place,
    useMemo(() => keysOf(latest, mediaWords()), [mediaWords()]),
  );
  return player;
}

/** Space presses what has the focus, where that is something to press. */
export function pressesNothing(event: KeyboardEvent): boolean {
  return !(event.target as Element | null)?.closest?.("button, a, summary, [role=menuitem]");
}

type Words = ReturnType<typeof mediaWords>;

function keysOf(latest: { current: Player }, say: Words): Key[] {
  const by = (steps: number) => () => latest.current.goTo(latest.current.index + steps);
  return [
    {
      keys: "Space",
      does: `${say.play} / ${say.pause}`,
      run: () => latest.current.setPlaying(!latest.current.playing),
      when: pressesNothing,
    },
    { keys: "ArrowLeft", does: say.previous, run: by(-1) },
    { keys: "ArrowRight", does: say.next, run: by(1) },
    { keys: "Shift+ArrowLeft", does: say.tenBack, run: by(-FAR) },
    { keys: "Shift+ArrowRight", does: say.tenOn, run: by(FAR) },
    { keys: "Home", does: say.first, run: () => latest.current.goTo(0) },
    { keys: "End", does: say.last, run: by(Number.POSITIVE_INFINITY) },
  ];
}

/** What a stop is called: by its step, or, where there are none, by its number from 1 as beside it. */
export function stopName({ step, nth }: Stop, hasSteps: boolean): string {
  return mediaWords().atStep(stopText({ step: hasSteps ? step : step + 1, nth }), hasSteps);
}

interface BarProps {
  player: Player;
  hasSteps: boolean;
  children?: preact.ComponentChildren;
}

export function PlayerBar({ player, hasSteps, children }: BarProps) {
  const say = mediaWords();
  const { stops, index, goTo, playing, setPlaying } = player;
  const stop = stops[index];
  if (!stop) return null;
  const sign = (label: string, text: string, to: number) => (
    <button
      type="button"
      class="button quiet"
      aria-label={label}
      title={label}
      disabled={to < 0 || to >= stops.length}
      onClick={() => goTo(to)}
    >
      {text}
    </button>
  );
  return (
    <div class="player">
      {sign(say.previous, "‹", index - 1)}
      <button
        type="button"
        class="button"
        aria-label={playing ? say.pause : say.play}
        title={playing ? say.pause : say.play}
        disabled={stops.length < 2}
        onClick={() => setPlaying(!playing)}
      >
        {playing ? "❚❚" : "▶"}
      </button>
      {sign(say.next, "›", index + 1)}
      <input
        type="range"
        min={0}
        max={Math.max(0, stops.length - 1)}
        value={index}
        disabled={stops.length < 2}
        aria-label={hasSteps ? say.step : say.index}
        aria-valuetext={stopName(stop, hasSteps)}
        onInput={(event) => goTo(event.currentTarget.valueAsNumber)}
      />
      <span class="player-step">
        <span class="strong">{stopName(stop, hasSteps)}</span>
        <span class="dim">{say.of(index + 1, stops.length)}</span>
      </span>
      {children}
    </div>
  );
}
