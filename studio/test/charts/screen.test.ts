import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Failure } from "../../src/api/failure";
import type { Frame } from "../../src/api/frame";
import { Screen } from "../../src/charts/screen";
import type { ChartShape, Source } from "../../src/charts/source";

const chart = (metric: string, run = "r1"): ChartShape => ({
  series: [{ run_id: run, metric, column: "value" }],
  x: { kind: "step", start: null, end: null },
  buckets: 200,
  parts: ["last"],
});

const frameOf = ({ series }: ChartShape): Frame =>
  ({ series: series.map((each) => ({ metric: each.metric })), columns: [], groupColumns: [] }) as unknown as Frame;

/** A source that answers when it is told to. */
class Told {
  readonly asked: { names: string[]; signal: AbortSignal; answer: () => void; fail: (failure: Failure) => void }[] = [];
  private listener: (runs: ReadonlySet<string>) => void = () => {};
  deaf = 0;

  source(): Source {
    const { asked } = this;
    return {
      async *frames(charts: readonly ChartShape[], signal: AbortSignal) {
        const gate = new Promise<void>((resolve, reject) => {
          const names = charts.map((each) => each.series[0]!.metric);
          asked.push({ names, signal, answer: resolve, fail: reject });
          signal.addEventListener("abort", () => reject(new Error("stopped")));
        });
        await gate;
        for (const each of charts) yield frameOf(each);
      },
      hear: (listener: (runs: ReadonlySet<string>) => void) => {
        this.listener = listener;
        return () => {
          this.deaf += 1;
        };
      },
    } as unknown as Source;
  }

  notice(...runs: string[]): void {
    this.listener(new Set(runs));
  }
}

let told: Told;
let screen: Screen;
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const slotOf = (metric: string, run?: string) => {
  const slot = screen.slot();
  slot.see(true);
  slot.want(chart(metric, run));
  return slot;
};
const shown = (slot: ReturnType<typeof slotOf>) => slot.shown.value.frame?.series[0]?.metric;

beforeEach(() => {
  vi.useFakeTimers();
  told = new Told();
  screen = new Screen(told.source());
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the charts that are seen", () => {
  it("are asked for together, and each the same only once", async () => {
    const slots = [slotOf("a"), slotOf("b"), slotOf("a")];
    await settle();
    expect(told.asked.map((each) => each.names)).toEqual([["a", "b"]]);
    told.asked[0]!.answer();
    await settle();
    expect(slots.map(shown)).toEqual(["a", "b", "a"]);
  });

  it("ask for another part of what they show in the same turn, together and without a timer", async () => {
    const slots = [slotOf("a"), slotOf("b")];
    await settle();
    told.asked[0]!.answer();
    await settle();
    slots.forEach((slot, index) => void slot.want(chart(`part ${index}`)));
    await Promise.resolve();
    expect(told.asked.map((each) => each.names)).toEqual([
      ["a", "b"],
      ["part 0", "part 1"],
    ]);
  });

  it("ask for nothing while they are not on the screen", async () => {
    const slot = screen.slot();
    slot.want(chart("a"));
    await settle(1000);
    expect(told.asked).toEqual([]);
    slot.see(true);
    await settle();
    expect(told.asked).toHaveLength(1);
  });

  it("give up a request that nobody wants any more, and keep what is shown meanwhile", async () => {
    const slot = slotOf("a");
    await settle();
    told.asked[0]!.answer();
    await settle();
    slot.want(chart("b"));
    await settle();
    slot.want(chart("c"));
    await settle();
    expect(told.asked.map((each) => [each.names[0], each.signal.aborted])).toEqual([
      ["a", false],
      ["b", true],
      ["c", false],
    ]);
    expect(shown(slot)).toBe("a");
    told.asked[2]!.answer();
    await settle();
    expect(shown(slot)).toBe("c");
  });

  it("let a request go on that is still wanted", async () => {
    slotOf("a");
    await settle();
    slotOf("b");
    await settle();
    expect(told.asked).toHaveLength(1);
    told.asked[0]!.answer();
    await settle();
    expect(told.asked.map((each) => [each.names, each.signal.aborted])).toEqual([
      [["a"], false],
      [["b"], false],
    ]);
  });

  it("come back without asking", async () => {
    const slot = slotOf("a");
    await settle();
    told.asked[0]!.answer();
    await settle();
    slot.want(chart("b"));
    await settle();
    told.asked[1]!.answer();
    await settle();
    slot.want(chart("a"));
    expect(shown(slot)).toBe("a");
    await settle(1000);
    expect(told.asked).toHaveLength(2);
  });
});

describe("points that come", () => {
  it("are asked for at most twice a second, of their own run alone", async () => {
    slotOf("a", "r1");
    slotOf("b", "r2");
    await settle();
    told.asked[0]!.answer();
    await settle();
    told.notice("r2");
    await settle(100);
    told.notice("r2");
    await settle(300);
    expect(told.asked).toHaveLength(1);
    await settle(200);
    expect(told.asked[1]!.names).toEqual(["b"]);
  });

  it("are asked for once more if they came while the answer was under way", async () => {
    slotOf("a", "r1");
    await settle();
    told.asked[0]!.answer();
    await settle();
    told.notice("r1");
    await settle(600);
    told.notice("r1");
    told.asked[1]!.answer();
    await settle(1000);
    expect(told.asked).toHaveLength(3);
  });
});

describe("what fails", () => {
  it("is said, and asked for again if it may pass", async () => {
    const slot = slotOf("a");
    await settle();
    told.asked[0]!.fail(new Failure(0, "unreachable", "away"));
    await settle();
    expect(slot.shown.value.failure?.code).toBe("unreachable");
    await settle(3_100);
    told.asked[1]!.answer();
    await settle();
    expect([slot.shown.value.failure, shown(slot)]).toEqual([undefined, "a"]);
  });

  it("is not asked for again if it does not", async () => {
    slotOf("a");
    await settle();
    told.asked[0]!.fail(new Failure(400, "invalid_value", "no"));
    await settle(20_000);
    expect(told.asked).toHaveLength(1);
  });
});

it("stops asking and listening when the last chart is gone", async () => {
  const slot = slotOf("a");
  await settle();
  slot.leave();
  expect([told.asked[0]!.signal.aborted, told.deaf]).toEqual([true, 1]);
});
