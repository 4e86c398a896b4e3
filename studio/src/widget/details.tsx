/** What is known of the run beside what it logged. */
import type { ComponentChildren } from "preact";
import type { Run } from "../api/run";
import { exact, instant, moment } from "../base/number";
import { widgetWords } from "./words";

type Fact = readonly [string, ComponentChildren];

function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!shown.length) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl class="facts">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A value as it was given: numbers with all their digits. */
function textOf(value: unknown): string {
  if (typeof value === "number") return exact(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function at(time: number | null): ComponentChildren {
  return time === null ? null : <span title={instant(time)}>{moment(time)}</span>;
}

interface Definition {
  script?: string;
  command?: string | string[];
}

export function DetailsTab({ run }: { run: Run }) {
  const say = widgetWords();
  const { script, command } = run.definition as Definition;
  const code = (value: unknown) => <code>{textOf(value)}</code>;
  return (
    <div class="details">
      <Facts
        title={say.about}
        facts={[
          [say.id, code(run.run_id)],
          [say.experiment, run.experiment],
          [say.script, script && code(script)],
          [say.command, command && code(Array.isArray(command) ? command.join(" ") : command)],
          [say.target, run.target === "sdk" ? null : run.target],
          [say.host, run.host],
          [say.user, run.submitted_by],
          [say.created, at(run.created_at)],
          [say.started, at(run.started_at)],
          [say.ended, at(run.ended_at)],
        ]}
      />
      <Facts title={say.parameters} facts={Object.entries(run.params).map(([name, value]) => [name, code(value)])} />
      <Facts title={say.tags} facts={Object.entries(run.tags).map(([name, value]) => [name, value ?? "✓"])} />
      <Facts title={say.properties} facts={Object.entries(run.properties)} />
      <Facts
        title={say.warnings}
        facts={run.warnings.map(({ message, count }): Fact => [message, count > 1 ? `× ${count}` : "✓"])}
      />
    </div>
  );
}
