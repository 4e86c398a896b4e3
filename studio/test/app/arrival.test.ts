import { expect, test } from "vitest";
import { arrival } from "../../src/app/arrival";
import { address, go, parts, query } from "../../src/base/place";

const WORKSPACE = "wsid=/subscriptions/S/resourcegroups/R/workspaces/W&tid=T";

/** Where somebody is led who opens this address; undefined who stays. */
function led(at: string): string | undefined {
  const url = new URL(at, "http://studio.test");
  go(url.pathname + url.search);
  return arrival(parts.value, query.value, url.hash) ?? undefined;
}

test.each([
  [`/experiments/digits/runs/a%2Fb?${WORKSPACE}`, "/experiments/digits/runs/a%2Fb"],
  [`/runs/abc?${WORKSPACE}`, "/runs/abc"],
  [`/experiments/digits?${WORKSPACE}&tab=charts`, "/experiments/digits?tab=charts"],
  [`/experiments/id/0b1c?${WORKSPACE}`, "/experiments/id/0b1c"],
  [`/experiments/id/0b1c/runs/abc?${WORKSPACE}`, "/runs/abc"],
  ["/#/experiments/7", "/experiments/id/7"],
  ["/#/experiments/7/runs/abc/artifacts", "/runs/abc"],
  ["/#/experiments", "/experiments"],
  ['/#/compare-runs?runs=["a","b"]&experiments=["7"]', "/compare?runs=a,b"],
])("%s leads to %s", (from, to) => {
  expect(led(from)).toBe(to);
  expect(led(to)).toBeUndefined(); // and no further
});

test("our own addresses stay, and what is no address of theirs too", () => {
  const ours = address(["experiments", "id"], { q: 'name = "wsid"' });
  expect([ours, "/", "/#token=abc", "/#/gateway", "/#/compare-runs?runs=[broken", "/#/%/runs"].map(led)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    "/compare",
    undefined,
  ]);
});
