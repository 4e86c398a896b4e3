/** Tables as files, and work on many runs. */
import { describe, expect, it } from "vitest";
import { inBatches } from "../../src/table/batch";
import type { Run } from "../../src/table/column";
import { readColumns } from "../../src/table/column";
import { csvField, csvHead, csvRow } from "../../src/table/csv";

describe("a table as CSV", () => {
  it("quotes what must be quoted", () => {
    expect(csvField('say "hi", twice\n')).toBe('"say ""hi"", twice\n"');
    expect(csvField("plain")).toBe("plain");
  });

  it("lets no spreadsheet take a name for a formula, and leaves numbers as they are", () => {
    expect(csvField("=HYPERLINK(1)")).toBe("'=HYPERLINK(1)");
    expect(csvField("@cmd")).toBe("'@cmd");
    const columns = readColumns("name,started,duration,loss.min,loss.last,p.lr,t.note");
    const summary = { count: 3, numeric: 3, nonfinite: 1, min: -0.1, last: null, sum: 0 };
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
