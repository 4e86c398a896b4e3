/** Answers with figures of metrics as they are: NaN and infinity among them, which JSON does not have. */
import { type AnswerOf, type AskOf, call, type Operation, type Schemas, send } from "./call";

/** What an answer may hold figures in: rows of runs, metrics of a run, groups of runs. */
interface Holding {
  summaries?: readonly (readonly (Schemas["Summary"] | null)[])[];
  metrics?: readonly Schemas["Metric"][];
  groups?: readonly Schemas["RunGroup"][];
}

/** Whether JSON made nothing of a figure that is there. */
function lost({ summaries = [], metrics = [], groups = [] }: Holding): boolean {
  const columns = [...summaries.flat(), ...metrics.flatMap((metric) => metric.columns)];
  return (
    columns.some((each) => each && each.nonfinite > 0 && (each.first === null || each.last === null)) ||
    groups.some((group) => group.figures.some((each) => each.n > 0 && (each.mean === null || each.std === null)))
  );
}

/** Like `call`. A browser reads JSON far quicker than what we read MessagePack with, so that is asked for only where JSON falls short. */
export async function figured<Name extends Operation>(
  name: Name,
  ask: AskOf<Name>,
  signal?: AbortSignal,
): Promise<AnswerOf<Name>> {
  const answer = await call(name, ask, signal);
  if (!lost(answer as Holding)) return answer;
  const [exact, { unpacked }] = await Promise.all([
    send(name, ask, "application/msgpack", { signal }),
    import("./rows"),
  ]);
  return unpacked(new Uint8Array(await exact.arrayBuffer())) as AnswerOf<Name>;
}
