/** Groups of runs: how they stand, and that they stay so while their figures change. */
import { describe, expect, it, vi } from "vitest";
import { readColumns, readSort, type Sort } from "../../src/table/column";
import { type Group, type GroupedFigure, Grouping, inOrder, ordersGroups } from "../../src/table/grouping";
import type { Aggregate } from "../../src/table/view";

const [by, loss, status] = readColumns("p.lr,loss.min,status") as [never, never, never];

/** A group of a value, and the mean, smallest and middle loss of its runs. */
function group(value: unknown, mean?: number, min = mean, median = mean): Group {
  const figure = { n: mean === undefined ? 0 : 2, mean, min, median } as GroupedFigure;
  return { id: JSON.stringify(value), value, count: 2, runs: [], figures: new Map([["loss.min", figure]]) };
}

const all = [group(0.01, 3, 0, 9), group(0.1, 1, 0.5, 8), group(1), group(10, 2, 0.2, 7), group(null, 4, 9, 1)];
const sorted = (sort: string, aggregate: Aggregate = "mean-std") =>
  inOrder(all, { ...(readSort(sort) as Sort), by, aggregate }).map((each) => each.value);

describe("groups", () => {
  it("stand by the figure that is shown of them, without one last both ways", () => {
    expect(sorted("loss.min")).toEqual([0.1, 10, 0.01, null, 1]);
    expect(sorted("-loss.min")).toEqual([null, 0.01, 10, 0.1, 1]);
    expect(sorted("loss.min", "min-max")).toEqual([0.01, 10, 0.1, null, 1]);
    expect(sorted("-loss.min", "median")).toEqual([0.01, 0.1, 10, null, 1]);
  });

  it("stand by what their runs have in common, what lacks it last both ways", () => {
    for (const column of ["p.lr", "name"]) {
      expect(sorted(column)).toEqual([0.01, 0.1, 1, 10, null]);
      expect(sorted(`-${column}`)).toEqual([10, 1, 0.1, 0.01, null]);
    }
  });

  it("stand by no column that says nothing of a group", () => {
    expect(sorted("-status")).toEqual(sorted("-created"));
    expect([by, loss, status].map((column) => ordersGroups(column, by))).toEqual([true, true, false]);
    expect(ordersGroups(readColumns("loss.min_step")[0]!, by)).toBe(false);
  });
});

describe("the groups of a table", () => {
  const given = { means: [3, 1, 2] };
  const asking = {
    groups: async ({ figures }: { figures: unknown[] }) => ({
      total: given.means.length,
      groups: given.means.map((mean, at) => ({
        values: [at],
        runs: 2,
        run_ids: [],
        figures: figures.map(() => ({ n: 2, mean })),
      })),
    }),
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

  it("stay where they are while their figures change, and new ones wait below, until that is let in", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const grouping = new Grouping(asking as never);
    const values = () => grouping.groups.value.map((each) => each.value);
    // Sorted by a column that the table does not show: it is asked for all the same.
    await grouping.choose({}, { ...readSort("loss.min")!, by, aggregate: "mean-std" }, []);
    expect([values(), grouping.moved.value]).toEqual([[1, 2, 0], false]);
    given.means = [0, 1, 2, 0.5];
    grouping.hear([{ what: ["metrics"], subject: "r" } as never]);
    vi.runAllTimers();
    vi.useRealTimers();
    await settled();
    expect([values(), grouping.moved.value]).toEqual([[1, 2, 0, 3], true]);
    expect(grouping.groups.value[2]!.figures.get("loss.min")!.mean).toBe(0);
    await grouping.load();
    expect([values(), grouping.moved.value]).toEqual([[0, 3, 1, 2], false]);
    grouping.stop();
  });
});
