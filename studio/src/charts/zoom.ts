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

/** Zooming of one chart; with `shared` it is kept there. */
export function useZoom(shared: (Part & { set: (x: Range | null, y: Range | null) => void }) | null): Zoom {
  const [own, setOwn] = useState<Part>({ x: null, y: null });
  const before = useRef<Part[]>([]);
  const { x, y } = shared ?? own;
  const latest = useRef({ shared, x, y });
  latest.current = { shared, x, y };
  return useMemo(() => {
    const apply = (part: Part) => {
      const { shared, x, y } = latest.current;
      if (!shared) setOwn(part);
      else if (x !== part.x || y !== part.y) shared.set(part.x, part.y);
    };
    return {
      x,
      y,
      set: (nextX, nextY) => {
        const { x, y } = latest.current;
        before.current.push({ x, y });
        apply({ x: nextX, y: nextY });
      },
      back: () => apply(before.current.pop() ?? { x: null, y: null }),
    };
  }, [x, y]);
}
