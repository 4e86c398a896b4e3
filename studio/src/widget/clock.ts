/** The kernel's time between two pushes: its own clock, carried on by how long ago it was told, whatever this browser's clock says. */
import { useEffect, useState } from "preact/hooks";
import type { Channel } from "./channel";

export class Clock {
  #at: number | null = null;
  #told = 0;
  readonly #steady: () => number;

  constructor(steady: () => number = () => performance.now() / 1000) {
    this.#steady = steady;
  }

  set(at: number): void {
    this.#at = at;
    this.#told = this.#steady();
  }

  /** Seconds since 1970 UTC; null before the first push. */
  get now(): number | null {
    return this.#at !== null ? this.#at + this.#steady() - this.#told : null;
  }
}

/** The kernel's time, each second while something counts. */
export function useNow(clock: Clock, { gone }: Channel, counting: boolean): number | null {
  const [, render] = useState(0);
  const ticks = counting && !gone.value;
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => render((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [ticks]);
  return clock.now;
}
