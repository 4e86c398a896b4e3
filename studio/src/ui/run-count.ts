/** How many runs there are: the server counts them, for the pages of a list end at a thousand. */
import { type Concerns, useCall } from "../api/cache";
import type { AskOf } from "../api/call";
import { count } from "../base/number";

type Conditions = Omit<AskOf<"/runs:group">, "by" | "figures" | "limit">;

export function useRunCount(of: Conditions, concerns: Concerns): number | undefined {
  const found = useCall("/runs:group", { ...of, by: [{ field: "status" }] }, concerns).value.data;
  return found?.groups.reduce((sum, each) => sum + each.runs, 0);
}

/** The number of what a page of a list has, where there may be more. */
export function atLeast(known: number, more: unknown): string {
  return count(known) + (more ? "+" : "");
}
