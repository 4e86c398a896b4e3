import { describe, expect, it } from "vitest";
import { type ChartSettings, fromQuery, SETTINGS, specId, toQuery } from "../../src/charts/settings";

function through(settings: ChartSettings): ChartSettings {
  const query = new URLSearchParams();
  for (const [name, text] of Object.entries(toQuery(settings))) if (text !== null) query.set(name, text);
  return fromQuery(new URLSearchParams(query.toString()));
}

describe("settings in a link", () => {
  it("leaves out what is usual", () => {
    expect(Object.values(toQuery(SETTINGS)).every((text) => text === null)).toBe(true);
    expect(fromQuery(new URLSearchParams())).toEqual(SETTINGS);
  });

  it("comes back as it went, whatever the names hold", () => {
    const added = {
      metrics: [
        { metric: "val/loss, the ~second@last:one%", column: "value" },
        { metric: "Ünïcode'", column: "a:b" },
      ],
      show: "min" as const,
      against: "lr@,~",
    };
    const settings: ChartSettings = {
      x: "metric",
      xMetric: { metric: "epoch:no", column: "a,b" },
      smoothing: { kind: "time_ema", amount: 30 },
      y: "symlog",
      outliers: true,
      linked: false,
      columns: 4,
      find: "^val/(loss|acc)$",
      added: [{ id: specId(added), ...added }],
      hidden: ["a,b", "c~d%2C"],
      range: [-12.5, 4000],
      yRanges: { "val/loss: best, so far": [0.25, 0.5], "+all@a": [-1e-9, 1e-9] },
      panels: { "loss, main": { form: "histogram", y: "log" }, other: { form: "table" } },
    };
    expect(through(settings)).toEqual(settings);
  });

  it("keeps a range as exact as a screen shows", () => {
    expect(toQuery({ ...SETTINGS, range: [149.06916426512967, 208.52449567723343] }).xr).toBe("149.069:208.524");
    expect(toQuery({ ...SETTINGS, range: [1e-9, 2.5e-9] }).xr).toBe("1e-9:2.5e-9");
  });

  it.each(["ema", "ema:1", "ema:-1", "ema:x", "median:3", "gaussian:0", ":"])("takes no smoothing of %s", (sm) => {
    expect(fromQuery(new URLSearchParams({ sm })).smoothing).toBeNull();
  });

  it.each(["5:1", "a:b", "1", "NaN:2", "1:1"])("takes no range of %s", (xr) => {
    expect(fromQuery(new URLSearchParams({ xr })).range).toBeNull();
  });

  it("passes over charts that it cannot read", () => {
    const query = new URLSearchParams({ pin: "min@loss,median@loss,last@", as: "a:", cols: "7", x: "metric" });
    const found = fromQuery(query);
    expect(found.added.map((each) => each.show)).toEqual(["min"]);
    expect([found.columns, found.x, found.panels]).toEqual([3, "step", { a: {} }]);
  });
});
