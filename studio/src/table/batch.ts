/** Work on many runs: a few at a time, with word of how far it is; what fails is told and the rest goes on. */

export interface Outcome {
  done: number;
  failures: { id: string; error: unknown }[];
}

/** The server answers others meanwhile. */
const AT_ONCE = 4;

export async function inBatches(
  ids: readonly string[],
  work: (id: string) => Promise<unknown>,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failures: [] };
  const left = [...ids];
  const worker = async () => {
    for (let id = left.shift(); id !== undefined && !signal.aborted; id = left.shift()) {
      try {
        await work(id);
        outcome.done += 1;
      } catch (error) {
        outcome.failures.push({ id, error });
      }
      onProgress(outcome.done + outcome.failures.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcome;
}
