/** What can show one run only asks which, where there are more. */
import { useState } from "preact/hooks";
import type { BodyProps, Line } from "./kind";
import { chartWords } from "./words";

export function useRun({ lines, metric }: BodyProps): { run: string; chooser: preact.ComponentChild } {
  const having = lines.filter((line) => metric.of.has(line.run));
  const [chosen, choose] = useState<string | null>(null);
  const run = having.find((line) => line.run === chosen)?.run ?? having[0]?.run ?? "";
  return { run, chooser: having.length > 1 && <RunChooser lines={having} run={run} onChoose={choose} /> };
}

function RunChooser({
  lines,
  run,
  onChoose,
}: {
  lines: readonly Line[];
  run: string;
  onChoose: (run: string) => void;
}) {
  return (
    <select
      class="field chart-which"
      aria-label={chartWords().whichRun}
      value={run}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {lines.map((line) => (
        <option key={line.run} value={line.run}>
          {line.label}
        </option>
      ))}
    </select>
  );
}
