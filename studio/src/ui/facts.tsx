/** What is known of something, as names and values below a title; what has no value is left out. */
import type { ComponentChildren } from "preact";
import "./run-parts.css";

export type Fact = readonly [string, ComponentChildren];

export function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  if (!shown.length) return null;
  return (
    <>
      <h2>{title}</h2>
      <dl class="facts">
        {shown.map(([name, value]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
