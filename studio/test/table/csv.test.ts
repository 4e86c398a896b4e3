/** Tables as files, and work on many runs. */
import { describe, expect, it } from "vitest";
import { inBatches } from "../../src/table/batch";
import { plainText, tip } from "../../src/table/cell";
import type { Run } from "../../src/table/column";
import { readColumns } from "../../src/table/column";
import { csvField, csvGroups, csvHead, csvRow } from "../../src/table/csv";
import type { Aggregate } from "../../src/table/view";

describe("a table as CSV", () => {
  it("quotes what must be quoted", () => {
    expect(csvField('say "hi", twice\n')).toBe('"say ""hi"", twice\n"');
    expect(csvField("plain")).toBe("plain");
  });

  it("lets no spreadsheet take a name for a formula, and leaves numbers as they are", () => {
    expect(csvField("=HYPERLINK(1)")).toBe("'=HYPERLINK(1)");
    expect(csvField("@cmd")).toBe("'@cmd");
    const columns = readColumns("name,started,duration,loss.min,loss.last,p.lr,t.note");
    const summary = { count: 3, numeric: 3, nonfinite: 1, min: -0.1, last: Number.NaN, sum: 0 };
    const run = {
      run_id: "r",
      name: "+a",
      started_at: 1_700_000_000,
      ended_at: 1_700_000_001.5,
      params: { lr: -1e-7 },
      tags: { note: null },
    };
    const row = { run: run as unknown as Run, figures: new Map([["loss\nvalue", summary as never]]), children: 0 };
    expect(csvHead(columns)).toBe("run_id,name,started,duration,loss.min,loss.last,p.lr,t.note");
    expect(csvRow(row, columns)).toBe("r,'+a,2023-11-14T22:13:20.000Z,1.5,-0.1,NaN,-1e-7,");
  });
});

describe("figures in a table", () => {
  /** A run whose metric has these figures. */
  const rowOf = (summary: object | null, params: object = {}) => ({
    run: { run_id: "r", params, tags: {} } as unknown as Run,
    figures: new Map([["loss\nvalue", summary as never]]),
    children: 0,
  });
  const of = (figures: object) => ({ count: 3, numeric: 3, nonfinite: 0, sum: 0, ...figures });
  const stats = "last,min,max,mean,first,count,min_step,max_step".split(",");
  const columns = readColumns(stats.map((stat) => `loss.${stat}`).join());

  it.each<[string, object | null, string, string]>([
    [
      "all that there is to know",
      of({ last: 0.5, min: 0.25, max: 2, sum: 3.3, first: 2, min_step: 10, max_step: 0 }),
      "0.5000 0.2500 2 1.100 2 3 10 0",
      "r,0.5,0.25,2,1.0999999999999999,2,3,10,0",
    ],
    [
      "what is not finite, which no mean is taken over",
      of({ last: Number.POSITIVE_INFINITY, first: Number.NEGATIVE_INFINITY, nonfinite: 2, min: 1, max: 1, sum: 1 }),
      "∞ 1 1 1 −∞ 3 – –",
      "r,Infinity,1,1,1,-Infinity,3,,",
    ],
    [
      "nothing but NaN",
      of({ last: Number.NaN, first: Number.NaN, nonfinite: 3, min: null, max: null }),
      "NaN – – – NaN 3 – –",
      "r,NaN,,,,NaN,3,,",
    ],
    ["texts, which have no figures", of({ numeric: 0, last: null, first: null }), "– – – – – 3 – –", "r,,,,,,3,,"],
    ["nothing", null, "– – – – – – – –", "r,,,,,,,,"],
  ])("say and save %s", (_, summary, shown, saved) => {
    const row = rowOf(summary);
    expect(columns.map((column) => plainText(row, column)).join(" ")).toBe(shown);
    expect(csvRow(row, columns)).toBe(saved);
  });

  it("are told in full under the pointer, NaN and infinity too", () => {
    const row = rowOf(of({ last: Number.NaN, first: 1 / 3 }), { rate: Number.POSITIVE_INFINITY });
    const told = readColumns("loss.last,loss.first,p.rate").map((column) => tip(row, column));
    expect(told).toEqual(["NaN", "0.3333333333333333", "Infinity"]);
  });
});

describe("groups as CSV", () => {
  const [by, loss, other] = readColumns("p.opt,loss.last,status");
  const figure = (n: number, mean: number, std: number, min: number, max: number, median: number) =>
    new Map([["loss.last", { n, mean, std, min, max, median }]]);
  const groups = [
    { id: "1", value: "=adam", count: 3, runs: [], figures: figure(2, 0.5, 0.25, 0.25, 0.75, 0.5) },
    {
      id: "2",
      value: 1e-7,
      count: 1,
      runs: [],
      figures: figure(1, Number.POSITIVE_INFINITY, Number.NaN, 1, Number.POSITIVE_INFINITY, 2),
    },
    { id: "3", value: null, count: 1, runs: [], figures: new Map([["loss.last", { n: 0 } as never]]) },
  ];
  it.each<[Aggregate, string[]]>([
    [
      "mean-std",
      ["p.opt,runs,loss.last mean,loss.last std,loss.last n", "'=adam,3,0.5,0.25,2", "1e-7,1,Infinity,NaN,1", ",1,,,0"],
    ],
    [
      "min-max",
      ["p.opt,runs,loss.last min,loss.last max,loss.last n", "'=adam,3,0.25,0.75,2", "1e-7,1,1,Infinity,1", ",1,,,0"],
    ],
    ["median", ["p.opt,runs,loss.last median,loss.last n", "'=adam,3,0.5,2", "1e-7,1,2,1", ",1,,0"]],
  ])("hold what is shown as %s", (aggregate, lines) => {
    expect(csvGroups(groups, by!, [other!, loss!], aggregate)).toEqual(lines);
  });
});

describe("work on many runs", () => {
  it("goes on where one fails, and tells which", async () => {
    const seen: number[] = [];
    const work = async (id: string) => {
      if (id === "b") throw new Error("no");
    };
    const { done, failures } = await inBatches(
      ["a", "b", "c"],
      work,
      (at) => seen.push(at),
      new AbortController().signal,
    );
    expect(done).toBe(2);
    expect(failures.map((each) => each.id)).toEqual(["b"]);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("stops when told to", async () => {
    const controller = new AbortController();
    const did: string[] = [];
    const ids = Array.from({ length: 100 }, (_, at) => String(at));
    await inBatches(
      ids,
      async (id) => {
        did.push(id);
        if (did.length === 8) controller.abort();
      },
      () => {},
      controller.signal,
    );
    expect(did.length).toBeLessThan(20);
  });
});
