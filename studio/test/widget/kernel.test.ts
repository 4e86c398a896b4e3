import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Frame } from "../../src/api/frame";
import type { ChartShape } from "../../src/charts/source";
import { Channel } from "../../src/widget/channel";
import { KernelSource } from "../../src/widget/kernel";
import { FakeModel, frame, metric, run, shape } from "./told";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const model = new FakeModel();
  const channel = new Channel(model);
  const source = new KernelSource(channel);
  model.tell({ push: { run: run("r1"), metrics: [metric("loss", 3)] } });
  const push = (metrics: string[], values: number[]) =>
    model.tell(
      { push: { frames: metrics.map((name) => ({ chart: shape(name) })) } },
      metrics.map((name) => frame(name, values)),
    );
  return { model, source, push };
}

async function taken(source: KernelSource, charts: ChartShape[], signal = new AbortController().signal) {
  const found: number[][] = [];
  for await (const each of source.frames(charts, signal)) found.push(lasts(each));
  return found;
}

const lasts = (each: Frame): number[] => [...(each.columns[0]!.last as Float32Array)];

it("draws what was pushed, in however many buckets, without asking", async () => {
  const { model, source, push } = opened();
  push(["loss"], [1, 2, 3]);
  expect(await taken(source, [shape("loss", null, 1_200)])).toEqual([[1, 2, 3]]);
  push(["loss"], [1, 2, 3, 4]);
  expect(await taken(source, [shape("loss")])).toEqual([[1, 2, 3, 4]]);
  expect(model.calls).toEqual([]);
});

it("knows a chart by what it is of, whatever the kernel says beside that", async () => {
  const { model, source } = opened();
  const { x, ...rest } = shape("loss");
  const said = { ...rest, x: { ...x, metric: "", column: "value" }, smoothing: null, groups: [] };
  model.tell({ push: { frames: [{ chart: said }] } }, [frame("loss", [9])]);
  expect(await taken(source, [shape("loss")])).toEqual([[9]]);
});

it("asks for parts and for charts that were not pushed, together and in order", async () => {
  const { model, source, push } = opened();
  push(["loss"], [1]);
  const coming = taken(source, [shape("acc"), shape("loss"), shape("loss", [0, 5])]);
  await vi.advanceTimersByTimeAsync(50);
  expect(model.calls).toHaveLength(1);
  expect(model.calls[0]!.body.charts).toEqual([shape("acc"), shape("loss", [0, 5])]);
  model.tell({ id: 1, frames: 2 }, [frame("acc", [7]), frame("loss", [8])]);
  expect(await coming).toEqual([[7], [1], [8]]);
});

it("asks a busy kernel once for the same, and takes a push instead of the answer", async () => {
  const { model, source, push } = opened();
  push(["loss"], [1]);
  const stop = new AbortController();
  const first = taken(source, [shape("acc")], stop.signal);
  await vi.advanceTimersByTimeAsync(5_000);
  const again = taken(source, [shape("acc")]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(model.calls).toHaveLength(1);
  push(["acc"], [5, 6]);
  expect(await first).toEqual([[5, 6]]);
  expect(await again).toEqual([[5, 6]]);
});

it("waits a moment for the first pushes before it asks", async () => {
  const { model, source, push } = opened();
  const coming = taken(source, [shape("loss")]);
  await vi.advanceTimersByTimeAsync(200);
  push(["loss"], [4]);
  expect(await coming).toEqual([[4]]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(model.calls).toEqual([]);
});

it("keeps nothing old of a chart that left the screen: no fresh one is promised", async () => {
  const { model, source, push } = opened();
  const who = {};
  push(["loss"], [1]);
  source.follow(who, [shape("loss")]);
  source.follow(who, []);
  void taken(source, [shape("loss")]);
  await vi.advanceTimersByTimeAsync(500);
  expect(model.calls).toHaveLength(1);
});

it("waits for a push of the widget's own metrics, which a busy kernel would be asked for in vain", async () => {
  const model = new FakeModel();
  const source = new KernelSource(new Channel(model));
  model.tell({ push: { run: run("r1") } }); // a page that came late: what was told with it is lost
  const coming = Promise.all([source.metrics("r1"), source.metrics("r1")]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(model.calls).toEqual([]);
  model.tell({ push: { metrics: [metric("loss", 3)] } });
  expect((await coming).map(([each]) => each!.name)).toEqual(["loss", "loss"]);
});

it("gives the metrics that were pushed, and asks for those of other runs page by page", async () => {
  const { model, source } = opened();
  expect((await source.metrics("r1")).map((each) => each.name)).toEqual(["loss"]);
  const coming = source.metrics("r2");
  await vi.advanceTimersByTimeAsync(0);
  model.tell({ id: 1, answer: { metrics: [metric("a", 1)], next_cursor: "c" } });
  await vi.advanceTimersByTimeAsync(0);
  model.tell({ id: 2, answer: { metrics: [metric("b", 1)], next_cursor: null } });
  expect((await coming).map((each) => each.name)).toEqual(["a", "b"]);
  expect(model.calls[1]!.body).toMatchObject({ run_id: "r2", cursor: "c" });
});

it("tells of runs with new points until nobody listens", () => {
  const { source, push } = opened();
  const heard: string[][] = [];
  const deaf = source.hear((runs) => heard.push([...runs]));
  push(["loss"], [1]);
  deaf();
  push(["loss"], [1, 2]);
  expect(heard).toEqual([["r1"]]);
});

it("leaves no timer when it is closed", () => {
  const { source, model } = opened();
  void taken(source, [shape("acc")]);
  source.close();
  model.tell({ push: { finished: true } });
  vi.advanceTimersByTime(1_000);
  expect(model.calls).toEqual([]);
});
