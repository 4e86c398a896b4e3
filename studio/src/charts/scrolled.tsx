/** A region of a fixed height that scrolls, also by keys. */
import type { ComponentChildren } from "preact";

interface Props {
  label: string;
  height: number;
  onScroll?: (top: number) => void;
  children: ComponentChildren;
}

export function Scrolled({ label, height, onScroll, children }: Props) {
  return (
    <section
      class="chart-scroll"
      style={{ height: `${height}px` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      aria-label={label}
      onScroll={(event) => onScroll?.(event.currentTarget.scrollTop)}
    >
      {children}
    </section>
  );
}
