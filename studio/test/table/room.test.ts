/** The state of a table: which runs are drawn in which colours, what is chosen, and what is folded out. */
import { batch } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import type { Notice } from "../../src/api/live";
import { go, query } from "../../src/base/place";
import type { Asking, Row } from "../../src/table/asking";
import { numeric } from "../../src/table/cell";
import { type Run, writeColumns } from "../../src/table/column";
import { Room } from "../../src/table/room";

function row(id: string, children = 0): Row {
  return { run: { run_id: id, name: id, status: "Completed" } as Run, figures: new Map(), children };
}

/** So many runs, the third of which has two children. */
function server(total: number): Asking {
  return {
    rank: async () => ({ rank_id: "k", total, digest: String(total) }),
    rows: async (_, first, count) =>
      Array.from({ length: count }, (_each, at) => row(`r${first + at}`, first + at === 2 ? 2 : 0)),
    groups: async () => ({
      groups: [
        { values: ["adam"], runs: 300, run_ids: ["r0", "r2"], figures: [] },
        { values: [null], runs: 1, run_ids: ["r1"], figures: [] },
      ],
      total: 2,
    }),
    runs: async (of) => (of.parent_run_id ? [row("child-a"), row("child-b")] : (of.run_ids ?? []).map((id) => row(id))),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function opened(total: number, search = ""): Promise<Room> {
  go(`/experiments/e${search}`);
  const room = new Room(server(total), "e", (_listener: (notices: readonly Notice[]) => void) => () => {});
  room.start();
  room.defaults.value = [];
  await settled();
  return room;
}

const drawn = (room: Room) => room.eyes.drawn.value.map((each) => each.run);

describe("a room", () => {
  beforeEach(() => go("/"));

  it("draws the first ten rows, each in its own colour", async () => {
    const room = await opened(50);
    expect(drawn(room)).toEqual(["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"]);
    const looks = room.eyes.drawn.value.map(({ ink }) => `${ink.colour} ${ink.dash}`);
    expect(new Set(looks).size).toBe(10);
    expect(room.eyes.inkOf.value.get("r3")).toBe(room.eyes.drawn.value[3]!.ink);
    room.stop();
  });

  it("closes and opens eyes, and keeps them in the address", async () => {
    const room = await opened(50);
    room.eyes.toggle(room.rowAt(3)!);
    room.eyes.toggle(room.rowAt(20)!);
    expect(drawn(room)).not.toContain("r3");
    expect(drawn(room)).toContain("r20");
    expect([query.value.get("hide"), query.value.get("show")]).toEqual(["r3", "r20"]);
    room.eyes.toggle(room.rowAt(3)!);
    room.eyes.toggle(room.rowAt(20)!);
    expect([query.value.get("hide"), query.value.get("show")]).toEqual([null, null]);
    room.stop();
  });

  it("draws runs that only the address names", async () => {
    const room = await opened(50, "?show=elsewhere");
    expect(drawn(room)).toContain("elsewhere");
    room.stop();
  });

  it("draws fifty where somebody wants so many, wherever the table is scrolled to", async () => {
    const room = await opened(2_000, "?top=50");
    expect(drawn(room)).toHaveLength(50);
    room.rank.want(1_500, 1_530);
    await settled();
    expect(room.rank.row(0)).toBeUndefined();
    room.eyes.toggle(room.rowAt(1_500)!);
    expect(drawn(room)).toHaveLength(51);
    go("/experiments/e");
    expect(drawn(room)).toHaveLength(10);
    room.stop();
  });

  it("draws groups by the line and the band that stand for what the table tells of them", async () => {
    const room = await opened(5, "?g=p.opt");
    const first = () => room.eyes.groups.value![0]!;
    expect(first()).toMatchObject({ count: 300, aggregate: "mean", band: "std" });
    room.change({ aggregate: "min-max" });
    expect(first()).toMatchObject({ aggregate: "mean", band: "minmax" });
    room.change({ aggregate: "median" });
    expect(first()).toMatchObject({ aggregate: "median", band: "quartiles" });
    room.stop();
  });

  it("chooses a range, in the address as long as that can carry it", async () => {
    const room = await opened(500);
    room.toggle(4);
    room.extendTo(7);
    expect([...room.choice.ids.value]).toEqual(["r4", "r5", "r6", "r7"]);
    expect(query.value.get("sel")).toBe("r4,r5,r6,r7");
    await room.selectAll(400);
    expect(room.choice.ids.value.size).toBe(400);
    expect(query.value.get("sel")).toBeNull();
    room.stop();
  });

  it("folds children out below their parent", async () => {
    const room = await opened(5);
    expect([room.canFold(1), room.canFold(2)]).toEqual([false, true]);
    await room.fold(2);
    expect(room.lines).toBe(7);
    expect([2, 3, 4, 5].map((line) => room.rowAt(line)?.run.run_id)).toEqual(["r2", "child-a", "child-b", "r3"]);
    await room.fold(2);
    expect(room.lines).toBe(5);
    room.stop();
  });

  it("counts children that match too, unless they have rows of their own or nobody filters", async () => {
    const asking = server(0);
    const asked: string[] = [];
    asking.rank = async (of) => {
      asked.push(`${of.filter} ${of.include_children}`);
      const total = of.include_children ? 3 : of.filter === "some" ? 1 : 0;
      return { rank_id: "k", total, digest: String(total) };
    };
    go("/experiments/e?q=kid");
    const room = new Room(asking, "e", () => () => {});
    room.start();
    room.defaults.value = [];
    await settled();
    expect(room.childrenToo.value).toBe(3);
    room.change({ filter: "some" });
    await settled();
    expect(room.childrenToo.value).toBe(2);
    expect(asked).toEqual(["kid false", "kid true", "some false", "some true"]);
    room.change({ flat: true });
    await settled();
    expect(room.childrenToo.value).toBe(0);
    room.change({ flat: false, filter: "" });
    await settled();
    expect([room.childrenToo.value, asked.slice(4)]).toEqual([0, ["some true", " false"]]);
    room.stop();
  });

  it("has children on rows of their own where it chooses so by itself or is told to, and says how many are folded", async () => {
    const asking = server(5);
    const asked: (boolean | undefined)[] = [];
    asking.rank = async (of) => {
      asked.push(of.include_children);
      return { rank_id: "k", total: 5, digest: "5" };
    };
    go("/experiments/e");
    const room = new Room(asking, "e", () => () => {});
    room.start();
    await settled();
    expect(room.rank.state.value.total).toBeUndefined();
    batch(() => {
      room.flatByDefault.value = true;
      room.defaults.value = [];
    });
    await settled();
    expect([asked, room.flat.value, room.folded.value, room.canFold(2)]).toEqual([[false, true], true, 0, false]);
    room.showChildren(false);
    await settled();
    expect([query.value.get("flat"), room.folded.value, room.canFold(2)]).toEqual(["0", 2, true]);
    room.showChildren(true);
    await settled();
    expect([query.value.get("flat"), asked]).toEqual([null, [false, true, false, true]]);
    room.stop();
  });

  it("has columns of texts at the left once it knows their values, and asks for nothing more for it", async () => {
    const asking = server(3);
    let asked = 0;
    const values = ["adam", 0.1, "0.2"];
    asking.rows = async (_, first, count) => {
      asked += 1;
      return values.slice(first, first + count).map((value, at) => {
        const { run, ...rest } = row(`r${at}`);
        return { run: { ...run, params: { opt: value, lr: at, text: "1e-3", flag: true } }, ...rest };
      });
    };
    go("/experiments/e?c=p.opt,p.lr,p.text,p.flag,p.none");
    const room = new Room(asking, "e", () => () => {});
    room.start();
    const columns = room.columns.value;
    expect(columns?.map(numeric)).toEqual([true, true, true, true, true]);
    room.defaults.value = [];
    await settled();
    expect(room.columns.value?.map(numeric)).toEqual([false, true, true, false, true]);
    expect([asked, writeColumns(room.columns.value ?? [])]).toEqual([1, writeColumns(columns ?? [])]);
    room.stop();
  });

  it("asks once for rows where columns and conditions change together", async () => {
    const asking = server(300);
    const asked: string[] = [];
    const { rows } = asking;
    asking.rows = (rank, first, count, columns, signal) => {
      asked.push(`${first} ${columns.map((each) => each.metric)}`);
      return rows(rank, first, count, columns, signal);
    };
    go("/experiments/e?c=loss.last");
    const room = new Room(asking, "e", () => () => {});
    room.start();
    await settled();
    expect(asked).toEqual([]); // whether children have rows of their own is not known yet
    room.defaults.value = [];
    await settled();
    go("/experiments/e?c=loss.last,acc.max&q=name%3Da");
    await settled();
    expect(asked).toEqual(["0 loss", "0 loss,acc"]);
    go("/experiments/e?c=loss.last,acc.max,rate.min&q=name%3Da");
    await settled();
    expect(asked.slice(2)).toEqual(["0 loss,acc,rate"]);
    room.stop();
  });

  it("needs other blocks only where lines of others come into sight, also below what is folded out", async () => {
    const room = await opened(300);
    expect([room.needs(0, 30), room.needs(69, 100), room.needs(70, 101)]).toEqual(["0 0", "0 0", "0 1"]);
    await room.fold(2);
    expect([room.needs(70, 102), room.needs(70, 103), room.needs(102, 302)]).toEqual(["0 0", "0 1", "1 2"]);
    expect(room.needs(5, 5)).toBe("");
    room.stop();
  });

  it("puts runs into groups, which fold out and are drawn", async () => {
    const room = await opened(5, "?g=p.opt");
    expect(room.lines).toBe(2);
    expect(room.eyes.groups.value?.map((each) => each.label)).toEqual(["opt = adam", "without opt"]);
    expect(room.eyes.groupedRuns.value.map((each) => each.run)).toEqual(["r0", "r1", "r2"]);
    // What can show one run only offers members by their own names.
    await room.eyes.nameMembers();
    expect(room.eyes.groupedRuns.value[0]!.label).toBe("r0 (opt = adam)");
    await room.fold(0);
    expect([1, 2].map((line) => room.rowAt(line)?.run.run_id)).toEqual(["r0", "r2"]);
    expect(room.line(3)).toMatchObject({ kind: "group", index: 1 });
    room.stop();
  });

  it("takes a change of the view back, and makes it again", async () => {
    const room = await opened(5);
    room.change({ filter: "status = Failed" });
    room.change({ group: { kind: "param", name: "lr" } });
    room.stepBack();
    expect([room.view.value.filter, room.view.value.group]).toEqual(["status = Failed", null]);
    room.stepBack();
    expect(room.view.value.filter).toBe("");
    room.stepForth();
    expect(room.view.value.filter).toBe("status = Failed");
    room.stop();
  });
});
