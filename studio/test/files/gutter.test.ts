import { h, render } from "preact";
import { describe, expect, it } from "vitest";
import { clock } from "../../src/base/number";
import { isOtherDay, Time, timeBeside } from "../../src/files/log/gutter";

const at = (hour: number, minute: number, second: number, day = 27) =>
  new Date(2026, 10, day, hour, minute, second).getTime() / 1000;

describe("the time beside a line", () => {
  it("is that of the reader's clock, to the second", () => {
    expect(timeBeside(at(9, 5, 7) + 0.99, null)).toBe("09:05:07");
    expect(clock(at(9, 5, 7))).toBe("09:05:07");
  });

  it("is written once for a second", () => {
    const noon = at(12, 0, 0);
    const lines = [noon + 0.1, noon + 0.9, noon + 1, noon + 1.5, noon + 60];
    const shown = lines.map((each, index) => timeBeside(each, lines[index - 1] ?? null));
    expect(shown).toEqual(["12:00:00", "", "12:00:01", "", "12:01:00"]);
  });

  it("is written again where the line above has none, or was seen later", () => {
    const noon = at(12, 0, 0);
    expect(timeBeside(noon, null)).toBe("12:00:00");
    expect(timeBeside(null, noon)).toBe("");
    expect(timeBeside(noon, noon + 5)).toBe("12:00:00");
    expect(timeBeside(noon + 86_400, noon)).toBe("12:00:00");
  });

  it("says that a day has begun", () => {
    expect(isOtherDay(at(0, 0, 1, 28), at(23, 59, 59))).toBe(true);
    expect(isOtherDay(at(23, 59, 59), at(0, 0, 1))).toBe(false);
    expect(isOtherDay(at(0, 0, 1, 28), null)).toBe(false);
    expect(isOtherDay(null, at(0, 0, 1))).toBe(false);
  });

  it("keeps its room where nothing is written, and tells all in its title", () => {
    const box = document.createElement("div");
    render(h(Time, { at: at(0, 0, 2, 28), above: at(23, 59, 59) }), box);
    const cell = box.firstElementChild as HTMLElement;
    expect([cell.className, cell.textContent]).toEqual(["log-time other-day", "00:00:02"]);
    expect(cell.title).toMatch(/^Another day: 28 Nov 2026, 00:00:02 UTC.*about 1.5 s after it was written/);
    render(h(Time, { at: at(0, 0, 2, 28), above: at(0, 0, 2, 28) }), box);
    expect([box.firstElementChild?.className, box.textContent]).toEqual(["log-time", ""]);
    render(h(Time, { at: null, above: null }), box);
    expect((box.firstElementChild as HTMLElement).title).toBe("");
  });
});
