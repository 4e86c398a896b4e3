/** The whole widget: who the run is and how far it has come, and one part of it at a time. */
import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ENDED, nameOf, type Run } from "../api/run";
import { SourceContext } from "../charts/source";
import { ChildrenTab } from "./children";
import { DetailsTab } from "./details";
import { Header } from "./header";
import { ImagesTab } from "./images";
import { LogTab } from "./log";
import { MetricsTab } from "./metrics";
import { Notes } from "./notes";
import { useRoom } from "./room";
import { widgetWords } from "./words";

export function View() {
  const { channel, source, seed } = useRoom();
  const run = channel.state.run.value;
  return (
    <SourceContext.Provider value={source}>
      <section class="frame" aria-label={`${widgetWords().widget} ${run ? nameOf(run) : (seed.run_id ?? "")}`}>
        {run && <Header run={run} />}
        <Notes />
        {run && <Parts run={run} />}
      </section>
    </SourceContext.Provider>
  );
}

interface Part {
  id: string;
  label: string;
  count?: number | undefined;
  body: ComponentChildren;
}

function usePartsOf(run: Run): Part[] {
  const { children, metrics } = useRoom().channel.state;
  const say = widgetWords();
  const images = useMemo(() => (metrics.value ?? []).filter((metric) => metric.kind === "image"), [metrics.value]);
  const below = children.value;
  const id = run.run_id;
  return [
    { id: "metrics", label: say.metrics, body: <MetricsTab run={run} /> },
    { id: "logs", label: say.logs, body: <LogTab /> },
    ...(below?.total
      ? [{ id: "children", label: say.children, count: below.total, body: <ChildrenTab children={below} /> }]
      : []),
    ...(images.length
      ? [{ id: "images", label: say.images, count: images.length, body: <ImagesTab run={id} metrics={images} /> }]
      : []),
    { id: "details", label: say.details, body: <DetailsTab run={run} /> },
  ];
}

/** A parent that logged nothing itself is looked at for its children. */
function firstOf(run: Run, hasMetrics: boolean, parts: readonly Part[]): string {
  if (hasMetrics) return "metrics";
  if (parts.some((part) => part.id === "children")) return "children";
  return ENDED.has(run.status) && run.status !== "Completed" ? "logs" : "metrics";
}

function Parts({ run }: { run: Run }) {
  const { metrics } = useRoom().channel.state;
  const parts = usePartsOf(run);
  const [chosen, choose] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const fallback = firstOf(run, Boolean(metrics.value?.length), parts);
  const here = parts.find((part) => part.id === chosen) ?? parts.find((part) => part.id === fallback)!;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = parts[(parts.indexOf(here) + by + parts.length) % parts.length]!;
    choose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-part="${next.id}"]`)?.focus();
  };
  return (
    <>
      <div class="parts" role="tablist" aria-label={widgetWords().parts} ref={list} onKeyDown={onKeyDown}>
        {parts.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            data-part={id}
            aria-selected={id === here.id}
            aria-controls="part"
            tabIndex={id === here.id ? 0 : -1}
            onClick={() => choose(id)}
          >
            {label}
            {count !== undefined && <span class="dim">{count}</span>}
          </button>
        ))}
      </div>
      <div class="part" role="tabpanel" id="part" aria-labelledby={`tab-${here.id}`}>
        {/* Charts stay behind the other parts with what they show: a busy kernel could not give it again. */}
        {parts.map(({ id, body }) =>
          id === here.id || id === "metrics" ? (
            <div key={id} hidden={id !== here.id}>
              {body}
            </div>
          ) : null,
        )}
      </div>
    </>
  );
}
