/** The images that a run logged, all at the step of one slider. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Schemas } from "../api/call";
import { decodeRows, type Rows } from "../api/rows";
import { useLoaded } from "../charts/loaded";
import type { Source } from "../charts/source";
import { type Strip, stripOf } from "../files/media/shot";
import { type Stop, shotAt, stopsOf } from "../files/media/step";
import { FailureNote } from "../ui/failure";
import { useRoom } from "./room";
import { widgetWords } from "./words";

const AT_ONCE = 5_000;

/** What a picture is, by its name: the kernel calls no drawing by its name, and as a picture it runs no script. */
const DRAWING = /\.svg$/i;

async function stripFrom(source: Source, run: string, name: string): Promise<Strip> {
  const pages: Rows[] = [];
  for (let first = 0, total = 1; first < total; ) {
    const page = decodeRows(await source.rows(run, name, first, AT_ONCE));
    pages.push(page);
    if (!page.count) break;
    first += page.count;
    total = page.total;
  }
  return stripOf(name, pages);
}

export function ImagesTab({ run, metrics }: { run: string; metrics: readonly Schemas["Metric"][] }) {
  const runs = useMemo(() => new Set([run]), [run]);
  const key = [run, ...metrics.map((metric) => metric.name)].join("\n");
  const { data, failure } = useLoaded(key, runs, (source) =>
    Promise.all(metrics.map((metric) => stripFrom(source, run, metric.name))),
  ).value;
  const stops = useMemo(() => stopsOf(data ?? []), [data]);
  const chosen = useSignal<number | null>(null);
  const say = widgetWords();
  if (failure && !data) return <FailureNote failure={failure} />;
  if (!data) return <div class="images" />;
  const index = Math.min(chosen.value ?? stops.length - 1, stops.length - 1);
  const stop = stops[index];
  if (!stop) return null;
  return (
    <div class="images">
      {stops.length > 1 && (
        <label class="tools">
          <input
            type="range"
            min={0}
            max={stops.length - 1}
            value={index}
            aria-label={say.step(stop.step)}
            onInput={(event) => (chosen.value = event.currentTarget.valueAsNumber)}
          />
          <span class="dim">{say.step(stop.step)}</span>
        </label>
      )}
      <div class="strips">
        {data.map((strip) => (
          <Shown key={strip.name} run={run} strip={strip} stop={stop} />
        ))}
      </div>
    </div>
  );
}

function Shown({ run, strip, stop }: { run: string; strip: Strip; stop: Stop }) {
  const say = widgetWords();
  const shot = shotAt(strip, stop);
  const { url, broken } = usePicture(run, shot?.path ?? null);
  return (
    <figure class="panel shot">
      <figcaption class="cut" title={strip.name}>
        {strip.name} {shot && <span class="dim">{say.step(shot.step)}</span>}
      </figcaption>
      <div class="picture">
        {!shot && <span class="dim">{say.noneYet}</span>}
        {broken && <span class="dim">{say.noImage}</span>}
        {shot && url && <img src={url} alt={say.image(strip.name, say.step(shot.step))} />}
      </div>
    </figure>
  );
}

/** The last picture stays until the next one is there. */
function usePicture(run: string, path: string | null): { url: string | null; broken: boolean } {
  const { source } = useRoom();
  const shown = useSignal<string | null>(null);
  const broken = useSignal(false);
  useEffect(() => {
    let wanted = true;
    broken.value = false;
    if (path === null) return;
    source.file(run, path).then(
      (file) => {
        if (!wanted) return;
        if (shown.peek()) URL.revokeObjectURL(shown.peek()!);
        shown.value = URL.createObjectURL(DRAWING.test(path) ? new Blob([file], { type: "image/svg+xml" }) : file);
      },
      () => {
        if (wanted) broken.value = true;
      },
    );
    return () => {
      wanted = false;
    };
  }, [run, path]);
  useEffect(
    () => () => {
      if (shown.peek()) URL.revokeObjectURL(shown.peek()!);
    },
    [],
  );
  return { url: broken.value ? null : shown.value, broken: broken.value };
}
