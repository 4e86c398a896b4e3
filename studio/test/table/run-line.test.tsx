/** The line of a run is written by hand: whatever it showed before, it must say what a new one would. */
import { h, render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { language } from "../../src/base/language";
import type { Row } from "../../src/table/asking";
import { type Column, metricKey, type Run, readColumns, type Summary } from "../../src/table/column";
import { RunLine } from "../../src/table/run-line";
import type { RunProps } from "../../src/table/run-writer";

const SOME = readColumns("status,started,duration,experiment,tags,loss.last,p.lr,t.owner,prop.git");
const OTHERS = readColumns("tags,loss.min,user");

/** Not before the page was opened. */
const NOW = Math.ceil(Date.now() / 1_000);

function drawing(seed: number): <T>(of: readonly T[]) => T {
  let state = seed;
  return (of) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return of[Math.floor((state / 2_147_483_648) * of.length)]!;
  };
}

function rowOf(pick: ReturnType<typeof drawing>, more: Partial<Run> = {}): Row {
  const id = pick(["a", "b", "c"]);
  const run = {
    run_id: id,
    name: pick(["calm-owl", "<b>bold</b>"]),
    experiment: pick(["one", "two"]),
    status: pick(["Running", "Completed", "Failed"]),
    started_at: pick([null, 1_700_000_000]),
    ended_at: pick([null, 1_700_000_100.5]),
    hidden: pick([true, false]),
    params: pick([{}, { lr: 0.001 }, { lr: [1, 2] }]),
    tags: pick([
      {},
      { owner: "vision" },
      { owner: "speech", seed: null },
      { owner: "a, b: c" },
      { owner: "a", b: "c" },
    ]),
    properties: pick([{}, { git: "abc" }]),
    ...more,
  } as unknown as Run;
  const summary = { last: 0.25, min: 0.125, count: 3, numeric: 3, nonfinite: 0, sum: 1 } as unknown as Summary;
  const figures = new Map([[metricKey({ metric: "loss" }), pick([null, summary, { ...summary, last: 1 / 3 }])]]);
  return { run, figures, children: pick([0, 3]) };
}

function propsOf(pick: ReturnType<typeof drawing>, columns: readonly Column[]): RunProps {
  return {
    line: pick([0, 8]),
    top: pick([0, 256]),
    columns,
    active: pick([true, false]),
    row: rowOf(pick),
    below: pick([true, false]),
    selected: pick([true, false]),
    ink: pick([undefined, { colour: "#0a84c1", dash: [] } as never]),
    nameId: "name",
    light: pick([true, false]),
    open: pick([null, true, false]),
    sorted: pick(["loss.last", "p.lr", "started"]),
    language: language.value,
  };
}

/** All that can be seen or heard; the order of attributes and empty ones mean nothing. */
function shown(node: Node): unknown {
  if (node instanceof Text) return node.data;
  if ((node as HTMLElement).hidden) return null;
  const attributes = [...(node as Element).attributes].filter((each) => each.value !== "");
  const said = attributes.map((each) => `${each.name}=${each.value.trim()}`).sort();
  return [node.nodeName, said, [...node.childNodes].map(shown)];
}
const ticked = (place: Element) => place.querySelector("input")!.checked;

function put(props: RunProps): HTMLElement {
  const place = document.createElement("div");
  render(h(RunLine, props), place);
  return place;
}

describe("the line of a run", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW * 1_000 });
  });
  afterEach(() => {
    language.value = "en";
    vi.useRealTimers();
  });

  it("says what a new one would, whatever it showed before", async () => {
    const pick = drawing(7);
    const place = put(propsOf(pick, SOME));
    for (let turn = 0; turn < 400; turn += 1) {
      if (turn % 50 === 49) language.value = language.value === "en" ? "fr" : "en";
      const props = propsOf(pick, turn % 20 === 19 ? OTHERS : SOME);
      render(h(RunLine, props), place);
      const fresh = put(props);
      expect(shown(place)).toEqual(shown(fresh));
      expect(ticked(place)).toBe(props.selected);
      expect(ticked(fresh)).toBe(props.selected);
      render(null, fresh);
    }
    render(null, place);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0); // nothing counts seconds for lines that are gone
  });

  it("is what its run says", () => {
    const run = { name: "<b>bold</b>", status: "Failed", started_at: 1_700_000_000, ended_at: 1_700_000_100 };
    const tags = { owner: "vision", seed: "1" };
    const properties = { git: "abc" };
    const row = rowOf(drawing(1), {
      ...run,
      tags,
      properties,
      params: { lr: 0.001 },
      experiment: "a/b",
    } as unknown as Partial<Run>);
    const place = put({
      ...propsOf(drawing(1), SOME),
      row: { ...row, children: 3 },
      open: true,
      sorted: "p.lr",
      active: true,
      line: 8,
    });
    expect(place.querySelector("b")).toBeNull();
    const [line] = place.children;
    expect([line!.id, line!.getAttribute("aria-rowindex")]).toEqual(["line-8", "10"]);
    expect(place.querySelector("a.strong")!.textContent).toBe("<b>bold</b>");
    expect(place.querySelector("a.strong")!.getAttribute("href")).toContain(`experiments/a%2Fb/runs/${row.run.run_id}`);
    expect(place.querySelector(".fold")!.textContent).toBe("▾ 3 children");
    const cells = [...line!.children].slice(2) as HTMLElement[];
    expect(cells[0]!.textContent).toContain("Failed");
    expect(cells[2]!.textContent).toBe("1\u00a0min\u00a040\u00a0s");
    expect([...cells[4]!.children].map((each) => each.textContent)).toEqual(["owner: vision", "seed: 1"]);
    expect([cells[6]!.textContent, cells[6]!.className]).toEqual(["0.001", "num strong"]);
    expect([cells[8]!.textContent, cells[8]!.className]).toEqual(["abc", ""]);
    render(null, place);
  });

  it("counts the seconds of a run that goes on, until it ended", async () => {
    const going = rowOf(drawing(3), { started_at: NOW - 10, ended_at: null });
    const props = { ...propsOf(drawing(3), readColumns("duration")), row: going };
    const place = put(props);
    document.body.append(place);
    const cell = () => place.querySelector("[aria-colindex='3']")!.textContent;
    await vi.advanceTimersByTimeAsync(3_100);
    expect(cell()).toMatch(/^1[23]\u00a0s$/);
    const ended = { ...going, run: { ...going.run, ended_at: NOW - 6 } };
    render(h(RunLine, { ...props, row: ended }), place);
    expect(cell()).toBe("4\u00a0s");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(cell()).toBe("4\u00a0s");
    expect(vi.getTimerCount()).toBe(0);
    place.remove();
    render(null, place);
  });

  it("tints what changed, each time anew, and nothing else", () => {
    const columns = readColumns("p.lr,t.owner");
    const before = rowOf(drawing(5), { params: { lr: 0.001 }, tags: { owner: "vision" } });
    const props = { ...propsOf(drawing(5), columns), row: before };
    const place = put(props);
    const tinted = () => [...place.querySelectorAll(".tint")];
    expect(tinted()).toEqual([]);
    const changed = (lr: number, from: Row): Row => ({
      ...from,
      run: { ...from.run, params: { lr } },
      before: from,
      changedAt: Date.now(),
    });
    const once = changed(0.1, before);
    render(h(RunLine, { ...props, row: once }), place);
    const [first] = tinted();
    expect(tinted().map((each) => each.textContent)).toEqual(["0.1"]);
    render(h(RunLine, { ...props, row: changed(0.2, once) }), place);
    expect(tinted().map((each) => each.textContent)).toEqual(["0.2"]);
    expect(tinted()[0]).not.toBe(first); // its animation begins anew
    render(h(RunLine, { ...props, row: before }), place);
    expect(tinted()).toEqual([]);
    render(null, place);
  });
});
