import { expect, test } from "vitest";
import { merged } from "../../src/api/live";

const notice = (subject: string, rev: number, ...what: string[]) => ({ subject, rev, what, experiment_id: "e", at: 0 });

test("of each subject one notice remains, with all that changed and the last place", () => {
  expect(merged([notice("a", 1, "metrics"), notice("b", 2, "run"), notice("a", 3, "run", "metrics")])).toEqual([
    notice("a", 3, "metrics", "run"),
    notice("b", 2, "run"),
  ]);
});
