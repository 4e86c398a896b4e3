/** How wide an element is, and whether it is on the screen. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** In CSS pixels, in steps, so that a drag does not render at each one; 0 before the first look. */
export function useWidth(element: RefObject<HTMLElement | null>, step = 100): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const found = element.current;
    if (!found) return;
    const measure = () => setWidth(Math.ceil(found.clientWidth / step) * step);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(found);
    return () => watch.disconnect();
  }, []);
  return width;
}

/** Whether it is on the screen or just beside it. */
export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(!globalThis.IntersectionObserver);
  useEffect(() => {
    const found = element.current;
    if (!found || !globalThis.IntersectionObserver) return;
    const watch = new IntersectionObserver((entries) => setSeen(entries[entries.length - 1]!.isIntersecting), {
      rootMargin: "160px",
    });
    watch.observe(found);
    return () => watch.disconnect();
  }, []);
  return seen;
}
