import { afterEach, beforeEach, expect, it, vi } from "vitest";
import widget from "../../src/widget/widget";
import { FakeModel, metric, run } from "./told";

class Watch {
  static open = 0;
  constructor(private readonly tell?: (entries: { isIntersecting: boolean }[]) => void) {}
  observe() {
    Watch.open += 1;
    this.tell?.([{ isIntersecting: true }]);
  }
  disconnect() {
    Watch.open -= 1;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.stubGlobal("IntersectionObserver", Watch);
  vi.stubGlobal("ResizeObserver", class extends Watch {});
  Watch.open = 0;
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.replaceChildren();
});

function put(id: string, signal?: AbortSignal) {
  const model = new FakeModel({ run_id: id });
  const el = document.createElement("div");
  document.body.append(el);
  const leave = widget.render({ model, el, ...(signal ? { signal } : {}) });
  const text = () => el.firstElementChild?.shadowRoot?.querySelector(".widget")?.textContent ?? "";
  return { model, el, leave, text };
}

async function settle(ms = 0) {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

it("shows the run in a shadow root and leaves the page's own language and theme alone", async () => {
  const { model, text } = put("r1");
  document.documentElement.lang = "de";
  model.tell({ push: { run: run("r1"), metrics: [metric("once", 1)], clock: 1_190 } });
  await settle(600);
  expect(text()).toContain("name of r1");
  expect(text()).toContain("3\u00a0min\u00a010\u00a0s");
  expect(document.documentElement.lang).toBe("de");
  expect(document.documentElement.dataset.theme).toBeUndefined();
});

it("ticks by the kernel's clock, and stops where the run ended", async () => {
  const { model, text } = put("r1");
  model.tell({ push: { run: run("r1"), metrics: [], clock: 1_010 } });
  await settle(3_100);
  expect(text()).toContain("13\u00a0s");
  model.tell({ push: { run: run("r1", { status: "Completed", ended_at: 1_012 }), finished: true } });
  await settle(5_000);
  expect(text()).toContain("12\u00a0s");
});

it("lets two widgets of a page show two runs", async () => {
  const [one, two] = [put("r1"), put("r2")];
  one.model.tell({ push: { run: run("r1"), metrics: [] } });
  two.model.tell({ push: { run: run("r2", { status: "Failed", ended_at: 1_005 }), metrics: [] } });
  await settle(600);
  expect(one.text()).toContain("name of r1");
  expect(one.text()).not.toContain("name of r2");
  expect(two.text()).toContain("Failed");
  one.leave();
  two.model.tell({ push: { run: run("r2", { display_name: "renamed" }) } });
  await settle(100);
  expect(two.text()).toContain("renamed");
});

it("asks once before it cancels", async () => {
  const { model, el } = put("r1");
  model.tell({ push: { run: run("r1"), metrics: [] } });
  await settle(600);
  const press = async (name: string) => {
    const buttons = [...el.firstElementChild!.shadowRoot!.querySelectorAll("button")];
    buttons.find((each) => each.textContent === name)!.click();
    await settle(50);
  };
  await press("Cancel");
  expect(model.calls).toEqual([]);
  await press("Yes, cancel it");
  expect(model.calls).toMatchObject([{ call: "/runs:cancel", body: { run_id: "r1" } }]);
});

it.each(["the function", "the signal"])("leaves nothing behind: by %s", async (how) => {
  const stop = new AbortController();
  const { model, el, leave } = put("r1", stop.signal);
  model.tell({ push: { run: run("r1"), metrics: [metric("loss", 5), metric("once", 1)], clock: 1_000 } });
  await settle(600);
  expect(Watch.open).toBeGreaterThan(0);
  if (how === "the signal") stop.abort();
  else leave();
  await settle();
  expect(el.childElementCount).toBe(0);
  expect(model.listeners).toBe(0);
  expect(Watch.open).toBe(0);
  const sent = model.sent.length;
  await settle(60_000);
  expect(model.sent).toHaveLength(sent);
  expect(vi.getTimerCount()).toBe(0);
});
