/** Runs with figures of their metrics, as MessagePack: JSON would make a missing value of NaN and infinity. */
import { type AnswerOf, type AskOf, type Operation, send } from "./call";
import { unpacked } from "./rows";

/** As `call`, with NaN and infinity where they were logged. */
export async function figured<Name extends Operation>(name: Name, ask: AskOf<Name>): Promise<AnswerOf<Name>> {
  const answer = await send(name, ask, "application/msgpack");
  return unpacked(new Uint8Array(await answer.arrayBuffer())) as AnswerOf<Name>;
}

/** At most 1,000 runs. */
export const runsWith = (ask: AskOf<"/runs:list">) => figured("/runs:list", ask);
