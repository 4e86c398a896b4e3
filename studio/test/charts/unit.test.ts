import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../../src/base/language";
import { figuresText } from "../../src/charts/figures-text";
import type { Found } from "../../src/charts/found";
import type { XKind } from "../../src/charts/settings";
import { placeOf, titleOf, unitOf } from "../../src/charts/unit";

afterEach(() => speak("en"));

describe("figures of the machine", () => {
  it("are written in their units", () => {
    const texts = (name: string, ticks: number[]) => unitOf(`system/${name}`)!.marks(ticks).texts;
    expect(texts("memory_bytes", [1.8e9, 2e9, 2.2e9])).toEqual(["1.8\u00a0GB", "2.0\u00a0GB", "2.2\u00a0GB"]);
    expect(texts("disk_read_bytes_per_s", [0, 1e5, 2e5])).toEqual(["0\u00a0kB/s", "100\u00a0kB/s", "200\u00a0kB/s"]);
    expect(texts("cpu_percent", [0, 50, 100])).toEqual(["0%", "50%", "100%"]);
    expect(texts("process_count", [1.8, 1.9, 2, 2.1])).toEqual(["2"]);
    expect(unitOf("system/gpu0_celsius")!.text(64.5)).toBe("64.5\u00a0°C");
    expect(unitOf("loss_percent")).toBeUndefined();
  });

  it("have names, in both languages, those that are asked for most first", () => {
    const names = [
      "system/network_received_bytes_per_s",
      "system/gpu1_memory_bytes",
      "system/gpu0_percent",
      "system/x",
    ];
    expect(names.map(titleOf)).toEqual(["Network, received", "GPU 1, memory", "GPU 0", "x"]);
    const all = [...names, "system/memory_bytes", "system/cpu_percent"].sort((a, b) => placeOf(a) - placeOf(b));
    expect(all.map(titleOf).slice(0, 4)).toEqual(["CPU", "Memory", "GPU 0", "GPU 1, memory"]);
    speak("fr");
    expect(titleOf("system/memory_bytes")).toBe("Mémoire");
    expect(unitOf("system/cpu_percent")!.marks([50]).texts).toEqual(["50\u00a0%"]);
  });
});

describe("the head of a panel", () => {
  const summary = { last: 0.97, min: 0.2, max: 0.98, min_step: 0, max_step: 17 };
  const found = (own: object, rest: object = {}) =>
    ({
      name: "accuracy",
      rows: 20,
      of: new Map([["a", { has_steps: true, columns: [{ ...summary, ...own }] }]]),
      columns: [{ bool: false }],
      ...rest,
    }) as unknown as Found;

  const said = (metric: Found, x: XKind = "step") => figuresText(metric, [{ run: "a" }], x).join(" ");

  it("says the last value of one run and the better end, with its step", () => {
    expect(said(found({}))).toBe("last 0.97 · max 0.98 at 17");
    expect(said(found({ last: 0.21 }))).toBe("last 0.21 · max 0.98 at 17");
    expect(said(found({ last: 1.392, min: 0.183, max: 1.392, min_step: 49 }, { name: "val/loss" }))).toBe(
      "last 1.392 · min 0.183 at 49",
    );
    expect(figuresText(found({}), [{ run: "a" }, { run: "b" }], "step")).toEqual([]);
  });

  it("says both ends where the name does not say which is better", () => {
    // In one piece, which is shown or not: one end alone would pass for the better one.
    expect(figuresText(found({}, { name: "lr" }), [{ run: "a" }], "step")).toEqual([
      "last 0.97",
      "· min 0.2 · max 0.98",
    ]);
    expect(said(found({ min: 0.97, max: 0.97 }, { name: "lr" }))).toBe("last 0.97");
  });

  it("says of which step it tells where x is another, and none where there are no steps", () => {
    expect(said(found({}), "relative")).toBe("last 0.97 · max 0.98 at step 17");
    expect(said(found({}), "index")).toBe("last 0.97 · max 0.98 at step 17");
    const without = found({}, { of: new Map([["a", { has_steps: false, columns: [summary] }]]) });
    expect(said(without, "time")).toBe("last 0.97 · max 0.98");
    expect(said(without, "index")).toBe("last 0.97 · max 0.98 at 17");
    speak("fr");
    expect(said(found({}), "relative")).toBe("dernière 0,97 · max 0,98 au pas 17");
  });
});
