import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Channel } from "../../src/widget/channel";
import { FakeModel, run, shape } from "./told";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const model = new FakeModel();
  return { model, channel: new Channel(model) };
}

describe("pushes", () => {
  it("change what they name and leave the rest", () => {
    const { model, channel } = opened();
    model.tell({ push: { run: run("r1"), experiment: "digits", queue: { position: 2, why: null } } });
    model.tell({ push: { queue: null, clock: 7 } });
    expect(channel.state.run.value?.run_id).toBe("r1");
    expect(channel.state.experiment.value).toBe("digits");
    expect(channel.state.queue.value).toBeNull();
    expect(channel.state.clock.value).toBe(7);
  });

  it("are seen whole: nobody sees half of one", () => {
    const { model, channel } = opened();
    const seen: unknown[] = [];
    channel.listen(() => seen.push([channel.state.clock.value, channel.state.experiment.value]));
    model.tell({ push: { clock: 1, experiment: "a" } });
    expect(seen).toEqual([[1, "a"]]);
  });

  it("may name what this page does not know", () => {
    const { model, channel } = opened();
    expect(() => model.tell({ push: { future: 1, clock: 2 } })).not.toThrow();
    expect(channel.state.clock.value).toBe(2);
  });
});

describe("calls", () => {
  it("are answered by their number, in any order", async () => {
    const { model, channel } = opened();
    const [first, second] = [channel.call("/runs:get", {}), channel.call("/runs:list", {})];
    model.tell({ id: 2, answer: "two" });
    model.tell({ id: 1, media_type: "text/plain" }, [new Uint8Array([7])]);
    expect((await second).answer).toBe("two");
    const { mediaType, buffers } = await first;
    expect([mediaType, [...buffers[0]!]]).toEqual(["text/plain", [7]]);
  });

  it("fail with what the kernel says", async () => {
    const { model, channel } = opened();
    const asked = channel.call("/runs:delete", {});
    model.tell({ id: 1, error: { code: "permission_denied", status: 403, message: "No.", hint: "Ask." } });
    await expect(asked).rejects.toMatchObject({ code: "permission_denied", status: 403, message: "No.", hint: "Ask." });
  });

  it("say after two seconds that the kernel is busy, until it answers", async () => {
    const { model, channel } = opened();
    const asked = channel.call("/series:batch", {});
    vi.advanceTimersByTime(1_900);
    expect(channel.busy.value).toBe(false);
    vi.advanceTimersByTime(200);
    expect(channel.busy.value).toBe(true);
    model.tell({ push: { clock: 3 } }); // its thread pushes on
    expect(channel.busy.value).toBe(true);
    model.tell({ id: 1, answer: null });
    await asked;
    expect(channel.busy.value).toBe(false);
  });
});

describe("what is on the screen", () => {
  it("is said once for what changes together, and again every ten seconds", () => {
    const { model, channel } = opened();
    channel.follow({}, [shape("loss")]);
    channel.follow({}, [shape("acc")]);
    channel.read("logs/a.txt");
    vi.advanceTimersByTime(200);
    expect(model.shows).toHaveLength(1);
    expect(model.shows[0]).toMatchObject({ visible: true, log: "logs/a.txt" });
    expect(model.shows[0]!.charts.map((each) => each.series[0]!.metric)).toEqual(["loss", "acc"]);
    vi.advanceTimersByTime(10_000);
    expect(model.shows).toHaveLength(2);
  });

  it("follows sight, and forgets parts that are gone", () => {
    const { model, channel } = opened();
    const who = {};
    channel.follow(who, [shape("loss")]);
    vi.advanceTimersByTime(200);
    channel.see(false);
    channel.follow(who, []);
    vi.advanceTimersByTime(200);
    expect(model.shows.at(-1)).toEqual({ visible: false, charts: [], log: null });
  });

  it("is not repeated once the run is finished", () => {
    const { model } = opened();
    vi.advanceTimersByTime(200);
    model.tell({ push: { finished: true } });
    const said = model.shows.length;
    vi.advanceTimersByTime(60_000);
    expect(model.shows).toHaveLength(said);
  });
});

it.each([
  ["comm_live_update", false],
  ["comm:close", true],
])("knows when the kernel has left (%s), and whether it can be back", (event, forGood) => {
  const { model, channel } = opened();
  model.emit(event);
  expect(channel.gone.value).toBe(true);
  model.tell({ push: { clock: 1 } });
  expect(channel.gone.value).toBe(forGood);
});

it("leaves nothing behind when it is closed", () => {
  const { model, channel } = opened();
  void channel.call("/runs:get", {});
  channel.follow({}, [shape("loss")]);
  expect(model.listeners).toBe(3);
  channel.close();
  expect(model.listeners).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
