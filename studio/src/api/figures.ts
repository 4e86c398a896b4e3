/** Runs with figures of their metrics, as MessagePack: JSON would make a missing value of NaN and infinity. */
import { type AnswerOf, type AskOf, send } from "./call";
import { unpacked } from "./rows";

/** At most 1,000 runs. */
export async function runsWith(ask: AskOf<"/runs:list">): Promise<AnswerOf<"/runs:list">> {
  const answer = await send("/runs:list", ask, "application/msgpack");
  return unpacked(new Uint8Array(await answer.arrayBuffer())) as AnswerOf<"/runs:list">;
}
