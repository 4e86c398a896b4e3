/** A time: short in the text, whole in the title. And a duration that counts while something goes on. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration, instant, moment } from "../base/number";

export function Moment({ at }: { at: number | null | undefined }) {
  if (!at) return <span class="dim">–</span>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={instant(at)}>
      {moment(at)}
    </time>
  );
}

/** A duration as a clock shows it: 0:42, 1:17, 2:05:00; days as in other places. */
export function briefly(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= 86_400) return duration(whole);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

const now = signal(Date.now() / 1000);
let watchers = 0;
let timer = 0;

/** The present second: one timer for the whole page, none while nothing counts. */
export function useNow(counting: boolean): number {
  useEffect(() => {
    if (!counting) return;
    watchers += 1;
    if (watchers === 1) {
      timer = setInterval(() => {
        now.value = Date.now() / 1000;
      }, 1000) as unknown as number;
    }
    return () => {
      watchers -= 1;
      if (!watchers) clearInterval(timer);
    };
  }, [counting]);
  return counting ? Math.max(now.value, Date.now() / 1000 - 1) : 0;
}

interface ElapsedProps {
  from: number | null | undefined;
  to: number | null | undefined;
  /** As a clock shows it, where room is dear. */
  brief?: boolean;
}

export function Elapsed({ from, to, brief = false }: ElapsedProps) {
  const present = useNow(Boolean(from && !to));
  if (!from) return <span class="dim">–</span>;
  return <span>{(brief ? briefly : duration)((to ?? present) - from)}</span>;
}
