/** Tabs that are links: each has an address, and the browser's back button works. */
import type { ComponentChildren } from "preact";

export interface Tab {
  id: string;
  label: string;
  href: string;
  count?: number | string | undefined;
  /** What is counted. */
  title?: string;
}

export function Tabs({
  tabs,
  here,
  label,
  side,
}: {
  tabs: readonly Tab[];
  here: string;
  label: string;
  side?: ComponentChildren;
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.href} title={tab.title} aria-current={tab.id === here ? "page" : undefined}>
          {tab.label}
          {tab.count !== undefined && <span class="dim">{tab.count}</span>}
        </a>
      ))}
      {side && <span class="side">{side}</span>}
    </nav>
  );
}
