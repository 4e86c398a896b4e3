/** What is shown while another part of a chart is on its way. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Scene } from "./scene";

/** An answer comes within this as a rule: it is the next picture then, and none is drawn that nobody could look at. */
const HOLD_MS = 80;

/**
 * The scene, or for a moment the one before it, where there are but the old points to draw it with.
 *
 * @param scene What there is.
 * @param old Whether its points were asked for with another wish than the present one.
 */
export function useHeldScene(scene: Scene | null, old: boolean): Scene | null {
  const shown = useRef(scene);
  const since = useRef<number | null>(null);
  const [, wake] = useState(0);
  if (!old) since.current = null;
  else since.current ??= performance.now();
  const waits = since.current !== null && performance.now() - since.current < HOLD_MS;
  if (!waits || !shown.current) shown.current = scene;
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => wake((times) => times + 1), HOLD_MS);
    return () => clearTimeout(timer);
  }, [waits]);
  return shown.current;
}
