/** Which part of a chart is seen, and the way back: of linked charts x is one for all of them. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Range } from "./settings";

export interface Zoom {
  x: Range | null;
  y: Range | null;
  set: (x: Range | null, y: Range | null) => void;
  /** To what was seen before; to all at last. */
  back: () => void;
}

type Part = Pick<Zoom, "x" | "y">;

/** Zooming of one chart; with `shared` x is kept there. */
export function useZoom(shared: { range: Range | null; set: (range: Range | null) => void } | null): Zoom {
  const [own, setOwn] = useState<Part>({ x: null, y: null });
  const before = useRef<Part[]>([]);
  const x = shared ? shared.range : own.x;
  const latest = useRef({ shared, x, y: own.y });
  latest.current = { shared, x, y: own.y };
  return useMemo(() => {
    const apply = (part: Part) => {
      setOwn(part);
      if (latest.current.shared && latest.current.x !== part.x) latest.current.shared.set(part.x);
    };
    return {
      x,
      y: own.y,
      set: (nextX, nextY) => {
        before.current.push({ x: latest.current.x, y: latest.current.y });
        apply({ x: nextX, y: nextY });
      },
      back: () => apply(before.current.pop() ?? { x: null, y: null }),
    };
  }, [x, own.y]);
}
