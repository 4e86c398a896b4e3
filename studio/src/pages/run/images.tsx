/** The images of a run: what was logged, at one step for all of them, and picture files of its outputs. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ofRun, useAnswer, useCall } from "../../api/cache";
import { call } from "../../api/call";
import type { Run } from "../../api/run";
import { type Key, useKeys } from "../../base/keys";
import { ask, query } from "../../base/place";
import { decodeRows } from "../../charts/rows";
import { Gallery, type Shown } from "../../files/gallery";
import { type Strip, shotAt, stepsOf, stripOf } from "../../files/steps";
import { FailureNote } from "../../ui/failure";
import "./images.css";
import { imagesWords } from "./images-words";
import type { TabProps } from "./run";

/** Rows of one metric: the last ones count. */
const MOST_ROWS = 10_000;
const PLAY_MS = 400;

async function readStrips(run_id: string): Promise<Strip[]> {
  const { metrics } = await call("/metrics:list", { run_id, limit: 1000 });
  const images = metrics.filter((metric) => metric.kind === "image");
  return Promise.all(
    images.map(async ({ name, rows }) => {
      const first = Math.max(0, rows - MOST_ROWS);
      const found = decodeRows(await call("/metrics:read", { run_id, name, first, count: MOST_ROWS }));
      const paths = found.columns.find((column) => column.name === "artifact")?.cells ?? [];
      return stripOf(
        name,
        paths,
        found.steps.map((step, index) => step ?? first + index),
      );
    }),
  );
}

export function ImagesTab({ run }: TabProps) {
  const id = run.run_id;
  const { data: strips, failure } = useAnswer(`images ${id}`, () => readStrips(id), ofRun(id, "metrics")).value;
  const files = useCall("/artifacts:list", { run_id: id, prefix: "outputs/", limit: 1000 }, ofRun(id, "files")).value;
  const pictures = (files.data?.artifacts ?? []).filter((each) => each.media_type.startsWith("image/"));
  const say = imagesWords();
  if (failure && !strips) return <FailureNote failure={failure} />;
  if (!strips || !files.data) return null;
  if (!strips.length && !pictures.length) return <Nothing />;
  return (
    <div class="images">
      {strips.length > 0 && <Strips run={run} strips={strips} />}
      {pictures.length > 0 && (
        <section class="images-files">
          <h2>{say.files}</h2>
          <Gallery
            run={id}
            images={pictures.map((each) => ({ name: each.path, shown: [{ path: each.path, label: "" }] }))}
          />
        </section>
      )}
    </div>
  );
}

type Mode = "side" | "blink";

function Strips({ run, strips }: { run: Run; strips: readonly Strip[] }) {
  const say = imagesWords();
  const steps = useMemo(() => stepsOf(strips), [strips]);
  const last = steps.length - 1;
  const asked = query.value.get("step");
  const index =
    asked === null
      ? last
      : Math.max(
          0,
          steps.findLastIndex((step) => step <= Number(asked)),
        );
  const step = steps[index] ?? 0;
  const pin = query.value.get("pinned");
  const [mode, setMode] = useState<Mode>("side");
  const [playing, setPlaying] = useState(false);

  const goTo = (to: number) => {
    const place = Math.max(0, Math.min(to, last));
    ask({ step: place === last ? null : String(steps[place]) }, "replace");
  };
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => goTo(index >= last ? 0 : index + 1), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, index, last]);
  const turn = () => setPlaying(!playing);
  const togglePin = () => ask({ pinned: pin === null ? String(step) : null }, "replace");
  const keys = useMemo<Key[]>(
    () => [
      { keys: "ArrowRight", does: say.keys.next, run: () => goTo(index + 1) },
      { keys: "ArrowLeft", does: say.keys.previous, run: () => goTo(index - 1) },
      { keys: "Shift+ArrowRight", does: "", run: () => goTo(index + 10) },
      { keys: "Shift+ArrowLeft", does: "", run: () => goTo(index - 10) },
      { keys: "Space", does: say.keys.play, run: turn, when: pressesNothing },
      { keys: "p", does: say.keys.pin, run: togglePin },
    ],
    [say, index, playing, pin, steps],
  );
  useKeys(say.place, keys);
  const blinking = useBlink(pin !== null && mode === "blink");

  return (
    <>
      <div class="bar images-bar">
        <button
          type="button"
          class="button"
          aria-pressed={playing}
          aria-keyshortcuts="Space"
          disabled={last < 1}
          onClick={turn}
        >
          <span aria-hidden="true">{playing ? "❙❙" : "▶"}</span> {playing ? say.pause : say.play}
        </button>
        <label class="images-step">
          <span>{say.step}</span>
          <input
            type="range"
            min={0}
            max={Math.max(0, last)}
            value={index}
            disabled={last < 1}
            aria-valuetext={String(step)}
            onInput={(event) => goTo(Number(event.currentTarget.value))}
          />
          <span class="images-now">{say.stepOf(step, steps[last] ?? 0)}</span>
        </label>
        <button type="button" class="button" aria-pressed={pin !== null} disabled={last < 1} onClick={togglePin}>
          {pin === null ? say.pin : say.unpin}
        </button>
        {pin !== null && (
          <>
            <span class="dim">{say.pinned(Number(pin))}</span>
            {(["side", "blink"] as const).map((each) => (
              <button
                key={each}
                type="button"
                class="button quiet"
                aria-pressed={mode === each}
                onClick={() => setMode(each)}
              >
                {say[each]}
              </button>
            ))}
          </>
        )}
      </div>
      <Gallery
        run={run.run_id}
        images={strips.map((strip) => {
          const [pinned, now] = [pin === null ? null : shotAt(strip, Number(pin)), shotAt(strip, step)];
          const label = (shot: { step: number } | null) => (shot ? say.atStep(shot.step) : say.notYet);
          const shown: Shown[] = [];
          if (pin !== null && mode === "side") shown.push({ path: pinned?.path ?? null, label: label(pinned) });
          const seen = blinking ? pinned : now;
          shown.push({ path: seen?.path ?? null, label: label(seen) });
          return { name: strip.name, shown };
        })}
      />
    </>
  );
}

/** Whether Space has no meaning of its own where the focus is. */
function pressesNothing(event: KeyboardEvent): boolean {
  return !(event.target as Element | null)?.closest?.("button, a, input, select");
}

/** On and off, about once a second: slow enough to be harmless, fast enough to show what moves. */
function useBlink(wanted: boolean): boolean {
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (!wanted) return setOn(false);
    const timer = setInterval(() => setOn((was) => !was), 600);
    return () => clearInterval(timer);
  }, [wanted]);
  return on;
}

function Nothing() {
  const say = imagesWords();
  return (
    <div class="empty">
      <h2>{say.none}</h2>
      <p>{say.noneText}</p>
      <pre>{'run.log_image("samples", path="samples.png")\nrun.log_image("curve", plot=plt)'}</pre>
    </div>
  );
}
