/** What is chosen stays so when a filter changes: the table must know which of it no line shows. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Notice } from "../../src/api/live";
import { go, query } from "../../src/base/place";
import type { Asking, Row } from "../../src/table/asking";
import type { Run } from "../../src/table/column";
import { Room } from "../../src/table/room";

/** A run whose name begins with "live" runs. */
const rowOf = (id: string): Row => ({
  run: { run_id: id, name: id, status: id.startsWith("live") ? "Running" : "Completed" } as Run,
  figures: new Map(),
  children: 0,
});

/** Runs by name, those of which match that hold the filter's text; it says what it was asked. */
class Server implements Asking {
  asked: string[] = [];
  private lists: string[][] = [];

  constructor(public runsThere: string[]) {}

  private matching(filter: string | undefined): string[] {
    return this.runsThere.filter((id) => id.includes(filter ?? ""));
  }

  async rank(of: { filter?: string }) {
    const found = this.matching(of.filter);
    this.lists.push(found);
    return { rank_id: String(this.lists.length - 1), total: found.length, digest: found.join() };
  }

  async rows(rank: string, first: number, count: number) {
    const list = this.lists[Number(rank)]!.slice(first, first + count);
    return list.map((id) => (this.runsThere.includes(id) ? rowOf(id) : null));
  }

  groups(): never {
    throw new Error("nobody groups");
  }

  async runs(of: { filter?: string; run_ids?: string[] | null; parent_run_id?: string | null }) {
    this.asked.push(`${of.run_ids?.length} of ${JSON.stringify(of.filter ?? null)}`);
    if (of.parent_run_id) return [rowOf("child")];
    return this.matching(of.filter)
      .filter((id) => of.run_ids?.includes(id))
      .map(rowOf);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function opened(runs: string[], search = "") {
  go(`/experiments/e${search}`);
  const server = new Server(runs);
  let tell: (notices: readonly Notice[]) => void = () => {};
  const room = new Room(server, "e", (listener) => {
    tell = listener;
    return () => {};
  });
  room.start();
  room.defaults.value = [];
  await settled();
  const deleted = (id: string) => tell([{ rev: 1, subject: id, what: ["deleted"], experiment_id: "e", at: 0 }]);
  return { room, server, deleted };
}

describe("a choice", () => {
  beforeEach(() => go("/"));

  it("knows which of it run or wait, shown or not", async () => {
    const { room } = await opened(["done", "live-a", "live-b"], "?q=a&sel=done,live-a,live-b");
    expect(room.choice.active.value).toEqual(["live-a", "live-b"]);
    room.choice.select(["live-a"], false);
    expect(room.choice.active.value).toEqual(["live-b"]);
    room.stop();
  });

  it("knows which of it another filter leaves out, and counts the table's own alone", async () => {
    const { room } = await opened(["a0", "a1", "b2", "b3"]);
    room.choice.select(["a0", "a1"], true);
    await settled();
    expect([room.choice.here.value, room.choice.away.value]).toEqual([2, []]);
    room.change({ filter: "b" });
    await settled();
    expect([room.choice.here.value, room.choice.away.value]).toEqual([0, ["a0", "a1"]]);
    await room.selectAll(1_000);
    expect(room.choice.here.value).toBe(2);
    room.choice.clearHere();
    expect([...room.choice.ids.value]).toEqual(["a0", "a1"]);
    room.change({ filter: "" });
    await settled();
    expect([room.choice.here.value, room.choice.away.value]).toEqual([2, []]);
    room.stop();
  });

  it("comes with an address, and is asked for where no row tells", async () => {
    const all = Array.from({ length: 300 }, (_, at) => `r${at}`);
    const { room, server } = await opened(all, "?sel=r2,r250,r299&q=r2");
    expect([room.choice.here.value, room.choice.away.value]).toEqual([3, []]);
    expect(server.asked).toEqual(['1 of "r2"']); // the others stand in rows that are there
    room.choice.select(["gone"], true);
    await settled();
    expect([...room.choice.ids.value]).toEqual(["r2", "r250", "r299"]);
    room.stop();
  });

  it("asks for none of those that were read to be chosen", async () => {
    const { room, server } = await opened(Array.from({ length: 900 }, (_, at) => `r${at}`));
    await room.selectAll(1_000);
    await settled();
    expect([room.choice.here.value, room.choice.away.value, server.asked]).toEqual([900, [], []]);
    room.stop();
  });

  it("is shown alone, whatever else is left out", async () => {
    const { room } = await opened(["a", "b"], "?sel=a&st=Failed&q=b");
    room.choice.show();
    expect(query.value.get("q")).toBe('id in ("a")');
    expect([query.value.get("st"), query.value.get("old"), query.value.get("flat")]).toEqual([null, "1", "1"]);
    room.stop();
  });

  it("lets go of what is deleted, also while it is not shown", async () => {
    const { room, server, deleted } = await opened(["a0", "a1", "b2"]);
    room.choice.select(["a0", "a1", "b2"], true);
    server.runsThere = ["a1", "b2"];
    deleted("a0");
    expect([...room.choice.ids.value]).toEqual(["a1", "b2"]);
    server.runsThere = ["b2"]; // and nobody told
    room.change({ filter: "b" });
    await settled();
    expect([...room.choice.ids.value]).toEqual(["b2"]);
    expect(query.value.get("sel")).toBe("b2");
    room.stop();
  });

  it("takes a child that was folded out for shown", async () => {
    const { room, server } = await opened(["parent", "child"], "?q=parent");
    room.rank.row(0)!.children = 1;
    await room.fold(0);
    room.toggle(1);
    await settled();
    expect([...room.choice.ids.value]).toEqual(["child"]);
    expect(server.asked).toContain('1 of "parent"');
    expect([room.choice.here.value, room.choice.away.value]).toEqual([0, []]);
    await room.fold(0);
    expect(room.choice.away.value).toEqual(["child"]);
    room.stop();
  });
});
