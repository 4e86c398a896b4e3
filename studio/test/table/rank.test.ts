/** Rows by their place: blocks come and go with what is seen, and nothing moves by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Failure } from "../../src/api/failure";
import type { Asking, Row } from "../../src/table/asking";
import type { Run } from "../../src/table/column";
import { Rank } from "../../src/table/rank";
import type { Conditions } from "../../src/table/view";

function row(id: string, status = "Running"): Row {
  return { run: { run_id: id, status } as Run, figures: new Map(), children: 0 };
}

/** A server of so many runs, which says what it was asked. */
class Server implements Asking {
  asked: string[] = [];
  gone = false;
  /** The runs there are, in their order; null: as many as there are, by their number. */
  list: string[] | null = null;
  statuses = new Map<string, string>();

  constructor(public total: number) {}

  async rank() {
    this.asked.push("rank");
    this.gone = false;
    const total = this.list?.length ?? this.total;
    return { rank_id: `k${this.total}`, total, digest: JSON.stringify(this.list ?? this.total) };
  }

  async rows(_: string, first: number, count: number, _columns: unknown, signal: AbortSignal) {
    this.asked.push(`${first}+${count}`);
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.gone) throw new Failure(410, "gone", "no longer kept");
    return Array.from({ length: count }, (_each, at) => row(this.list?.[first + at] ?? `r${first + at}`));
  }

  groups(): never {
    throw new Error("nobody groups");
  }

  async runs(of: { run_ids?: string[] | null }) {
    this.asked.push(`runs ${of.run_ids?.join(" ")}`);
    return (of.run_ids ?? []).filter((id) => this.statuses.has(id)).map((id) => row(id, this.statuses.get(id)));
  }
}

const notice = (subject: string, ...what: string[]) => ({ rev: 1, subject, what, experiment_id: "e", at: 0 });

describe("a rank", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function shown(total: number) {
    const server = new Server(total);
    const rank = new Rank(server);
    await rank.choose({}, []);
    return { server, rank };
  }

  it("asks which runs there are before it knows its columns, and for rows once it does", async () => {
    const server = new Server(5);
    const rank = new Rank(server);
    const chosen = rank.choose({}, null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.asked).toEqual(["rank"]);
    expect(rank.state.peek().loading).toBe(true);
    rank.show([{ metric: "loss", column: "value" }]);
    await chosen;
    expect(server.asked).toEqual(["rank", "0+5"]);
    expect(rank.row(4)?.run.run_id).toBe("r4");
  });

  it("asks for the first block with the rank, and for others as they are seen", async () => {
    const { server, rank } = await shown(1000);
    expect(rank.state.value.total).toBe(1000);
    expect(rank.row(0)?.run.run_id).toBe("r0");
    expect(rank.row(500)).toBeUndefined();
    rank.want(480, 520);
    await vi.advanceTimersByTimeAsync(0);
    expect(rank.row(480)?.run.run_id).toBe("r480");
    expect(rank.row(519)?.run.run_id).toBe("r519");
    expect(server.asked).toEqual(["rank", "0+100", "400+100", "500+100", "600+100"]); // and the next one downwards
    rank.want(440, 480);
    expect(server.asked.at(-1)).toBe("300+100"); // and upwards
  });

  it("keeps three blocks on each side and lets the others go", async () => {
    const { rank } = await shown(2000);
    rank.want(300, 340);
    await vi.advanceTimersByTimeAsync(0);
    expect(rank.row(0)).toBeDefined();
    rank.want(400, 440);
    await vi.advanceTimersByTimeAsync(0);
    expect(rank.row(0)).toBeUndefined();
    expect(rank.row(300)).toBeDefined();
    expect(rank.top).toHaveLength(10); // charts still draw the first ones
  });

  it("asks for no block that was scrolled past", async () => {
    const { server, rank } = await shown(10_000);
    rank.want(2000, 2020);
    rank.want(9000, 9020);
    await vi.advanceTimersByTimeAsync(0);
    expect(rank.row(2000)).toBeUndefined();
    expect(rank.row(9000)).toBeDefined();
    expect(server.asked.filter((each) => each === "rank")).toHaveLength(1);
  });

  it("ranks anew where the server no longer keeps the rank", async () => {
    const { server, rank } = await shown(1000);
    server.gone = true;
    rank.want(500, 520);
    await vi.advanceTimersByTimeAsync(0);
    expect(server.asked).toEqual(["rank", "0+100", "500+100", "600+100", "rank", "0+100", "500+100"]);
    expect(rank.row(500)?.run.run_id).toBe("r500");
  });

  it("refreshes in place what changed, and empties the row of what was deleted", async () => {
    const { server, rank } = await shown(5);
    server.statuses.set("r1", "Completed");
    rank.hear([notice("r1", "run"), notice("r3", "deleted")]);
    await vi.advanceTimersByTimeAsync(600);
    expect(server.asked.at(-1)).toBe("runs r1 r3");
    expect([0, 1, 2, 3, 4].map((at) => rank.row(at)?.run.status)).toEqual([
      "Running",
      "Completed",
      "Running",
      undefined,
      "Running",
    ]);
    expect(rank.row(1)?.before?.run.status).toBe("Running"); // what changed can be told
    expect(rank.row(0)?.before).toBeUndefined();
  });

  it("counts new runs and lets them in only when told to", async () => {
    const { server, rank } = await shown(5);
    server.total = 7;
    rank.hear([notice("new-1", "run"), notice("new-2", "run")]);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(rank.state.value).toMatchObject({ total: 5, fresh: 2 });
    await rank.adopt();
    expect(rank.state.value).toMatchObject({ total: 7, fresh: 0 });
  });

  async function listed(list: string[], conditions: Conditions = {}) {
    const server = new Server(0);
    server.list = list;
    const rank = new Rank(server);
    await rank.choose(conditions, []);
    const become = async (next: string[], ...what: string[]) => {
      server.list = next;
      rank.hear([notice("some", ...what)]);
      await vi.advanceTimersByTimeAsync(3_100);
      return rank.state.value;
    };
    return { server, rank, become };
  }

  it("says that it changed where a number would not tell, and how many there are by now", async () => {
    const { rank, become } = await listed(["a", "b", "c"]);
    expect(await become(["a", "b"], "deleted")).toMatchObject({ total: 3, count: 2, fresh: null });
    await rank.adopt();
    expect(rank.state.value).toMatchObject({ total: 2, count: 2, fresh: 0 });
    expect(await become(["x", "b"], "run", "deleted")).toMatchObject({ total: 2, count: 2, fresh: null });
    expect(await become(["x", "y", "b"], "run")).toMatchObject({ count: 3, fresh: null }); // until they are let in
    expect([0, 1].map((at) => rank.row(at)?.run.run_id)).toEqual(["a", "b"]);
  });

  it("counts again when a run that it shows changes: it may not match any more", async () => {
    const { rank, server } = await listed(["a", "b"], { statuses: ["Running"] });
    server.list = ["b"];
    server.statuses.set("a", "Completed");
    rank.hear([notice("a", "run")]);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(rank.state.value).toMatchObject({ total: 2, count: 1, fresh: null });
  });

  it("sees that rows far down are others, and that they are the same", async () => {
    const all = Array.from({ length: 500 }, (_, at) => `r${at}`);
    const { rank, become } = await listed(all);
    rank.want(250, 280);
    await vi.advanceTimersByTimeAsync(0);
    expect(await become(["new", ...all], "run")).toMatchObject({ count: 501, fresh: 1 });
    expect(await become(all, "run")).toMatchObject({ count: 500, fresh: 0 });
    const moved = [...all];
    moved.splice(260, 2, "r261", "r260");
    expect(await become(moved, "run")).toMatchObject({ count: 500, fresh: null });
    expect(await become(all, "run")).toMatchObject({ count: 500, fresh: 0 }); // as it was: nothing is to be taken in
  });

  it("sees what moved where nobody looked, without a row of it", async () => {
    const all = Array.from({ length: 500 }, (_, at) => `r${at}`);
    const { rank, server, become } = await listed(all);
    rank.want(0, 30);
    await vi.advanceTimersByTimeAsync(0);
    const moved = [...all];
    moved.splice(400, 2, "r401", "r400");
    expect(await become(moved, "run")).toMatchObject({ count: 500, fresh: null });
    await rank.adopt();
    server.asked = [];
    expect(await become(moved, "run")).toMatchObject({ count: 500, fresh: 0 });
    expect(server.asked).toEqual(["rank"]); // the same: no row is read
  });

  it.each<[string, Conditions, boolean]>([
    ["a filter of metrics", { filter: "metrics.loss.last > 100" }, true],
    ["an order by a metric", { order: { field: "metric", metric: { metric: "loss" } } }, true],
    ["no metric at all", { filter: "name = metric" }, false],
  ])("counts again for new values with %s, once in some seconds", async (_, conditions, counts) => {
    const { rank, server } = await listed([], conditions);
    server.asked = [];
    server.list = ["a"];
    for (let at = 0; at < 5; at += 1) {
      rank.hear([notice("a", "metrics")]);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(server.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(600);
    expect(rank.row(0)?.run.run_id).toBe(counts ? "a" : undefined);
    expect(server.asked).toEqual(counts ? ["rank", "rank", "0+1"] : []);
  });

  it("shows the first run of all at once", async () => {
    const { server, rank } = await shown(0);
    server.total = 1;
    rank.hear([notice("new", "run")]);
    await vi.advanceTimersByTimeAsync(600);
    expect(rank.row(0)?.run.run_id).toBe("r0");
  });

  it("keeps its rows when the conditions are refused", async () => {
    const { server, rank } = await shown(5);
    server.rank = () => Promise.reject(new Failure(400, "invalid_value", "no field"));
    await rank.choose({ filter: "nonsense" }, []);
    expect(rank.state.value.failure?.message).toBe("no field");
    expect(rank.row(0)).toBeDefined();
    expect(rank.state.value.count).toBeUndefined(); // how many there were is not how many match
  });
});
