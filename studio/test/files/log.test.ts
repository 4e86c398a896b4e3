import { describe, expect, it } from "vitest";
import { Book, type LogLine, type LogState } from "../../src/files/log/book";
import { Matches } from "../../src/files/log/matches";
import { linesOf, textOf } from "../../src/files/log/scene";

/** A server with a log. */
class Served {
  texts: string[] = [];
  ats: number[] = [];
  settled = 0;
  sealed = false;
  version = "1";
  asked: string[] = [];

  state(): LogState {
    const { settled, sealed, version } = this;
    return { lines: this.texts.length, size_bytes: 0, settled, sealed, version, changed_at: this.asked.length };
  }

  read = async (ask: { first?: number | undefined; count?: number | undefined }) => {
    const first = (ask.first ?? 0) < 0 ? Math.max(0, this.texts.length + ask.first!) : (ask.first ?? 0);
    this.asked.push(`${first}+${ask.count}`);
    const lines = this.texts.slice(first, first + (ask.count ?? 0)).map(
      (text, index): LogLine => ({
        number: first + index,
        offset: 0,
        end_offset: 0,
        text,
        size_bytes: text.length,
        complete: true,
        cut: false,
        at: this.ats[first + index] ?? null,
      }),
    );
    return { lines, state: this.state() };
  };
}

const rest = () => new Promise((resolve) => setTimeout(resolve));

describe("the lines at hand", () => {
  it("are asked for in blocks, once", async () => {
    const served = new Served();
    served.texts = Array.from({ length: 1000 }, (_, line) => `line ${line}`);
    served.settled = 1000;
    const book = new Book("run", "log", served.read);
    await book.refresh(0);
    book.want(250, 300);
    await rest();
    expect(served.asked).toEqual(["0+0", "0+256", "256+256"]);
    expect(book.line(299)?.text).toBe("line 299");
    book.want(260, 310);
    await rest();
    expect(served.asked).toHaveLength(3);
  });

  it("come with the first answer where somebody knows which are seen", async () => {
    const served = new Served();
    served.texts = Array.from({ length: 1000 }, (_, line) => `line ${line}`);
    served.settled = 1000;
    const book = new Book("run", "log", served.read);
    await book.refresh(120, 450);
    book.want(460, 560);
    await rest();
    expect(served.asked).toEqual(["450+120"]);
    book.want(560, 580);
    await rest();
    expect(served.asked.slice(1)).toEqual(["570+198"]);
    expect([460, 569, 570].map((line) => book.line(line)?.text)).toEqual(["line 460", "line 569", "line 570"]);
  });

  it("have times if any of them was dated, until another file takes their place", async () => {
    const served = new Served();
    served.texts = ["a", "b"];
    const book = new Book("run", "log", served.read);
    await book.refresh(5);
    expect(book.timed.value).toBe(false);
    served.texts.push("c");
    served.ats = [0, 0, 1_800_000_000.5];
    await book.refresh(5);
    expect([book.timed.value, book.line(2)?.at]).toEqual([true, 1_800_000_000.5]);
    served.version = "2";
    served.ats = [];
    await book.refresh(5);
    expect(book.timed.value).toBe(false);
  });

  it("come again when they may have been overwritten", async () => {
    const served = new Served();
    served.texts = ["a", "10%"];
    served.settled = 1;
    const book = new Book("run", "log", served.read);
    await book.refresh(5);
    book.want(0, 10);
    served.texts = ["a", "20%", "b"];
    expect(book.line(1)?.text).toBe("10%");
    await book.refresh(0);
    await rest();
    expect(book.line(1)?.text).toBe("20%");
    expect(book.line(2)?.text).toBe("b");
    expect(book.line(0)?.text).toBe("a");
  });

  it("are void when the file is another one", async () => {
    const served = new Served();
    served.texts = ["old", "lines"];
    const book = new Book("run", "log", served.read);
    await book.refresh(2);
    served.texts = ["new"];
    served.version = "2";
    await book.refresh(1);
    expect([book.lines, book.line(0)?.text, book.line(1)]).toEqual([1, "new", undefined]);
  });

  it("are given up where nobody looks any more", async () => {
    const served = new Served();
    served.texts = Array.from({ length: 20_000 }, (_, line) => `line ${line}`);
    served.settled = 20_000;
    const book = new Book("run", "log", served.read);
    await book.refresh(0);
    for (let first = 0; first < 20_000; first += 200) {
      book.want(first, first + 50);
      await rest();
    }
    expect(book.line(0)).toBeUndefined();
    expect(book.line(19_801)?.text).toBe("line 19801");
  });
});

describe("matches", () => {
  function searched(texts: string[], pattern: string, perAnswer: number) {
    const served = new Served();
    served.texts = texts;
    served.settled = texts.length;
    served.sealed = true;
    return new Matches("run", "log", { text: pattern, regex: false, ignoreCase: false }, async (ask) => {
      const all = texts.flatMap((text, line) => (text.includes(pattern) && line >= (ask.first ?? 0) ? [line] : []));
      const matches = all.slice(0, perAnswer).map((line) => ({
        line,
        column: texts[line]!.indexOf(pattern),
        end_column: 0,
        offset: 0,
        excerpt: "",
        excerpt_column: 0,
      }));
      const step = Math.max(1, Math.ceil(all.length / 4));
      const ticks = all.filter((_, index) => index % step === 0).map((line) => line / texts.length);
      return { matches, total: all.length, next_line: null, partial_line: null, ticks, state: served.state() };
    });
  }

  const texts = Array.from({ length: 100 }, (_, line) => (line % 5 === 3 ? "hit" : "miss it"));

  it("are stepped through in both directions, round and round", async () => {
    for (const perAnswer of [1000, 7]) {
      const matches = searched(texts, "hit", perAnswer);
      await matches.count();
      expect(matches.total.value).toBe(20);
      const lines: number[] = [];
      let from = { line: 0, column: -1 };
      for (let step = 0; step < 21; step += 1) {
        from = (await matches.step(from, 1))!;
        lines.push(from.line);
      }
      expect(lines).toEqual([...texts.flatMap((text, line) => (text === "hit" ? [line] : [])), 3]);
      const back: number[] = [];
      for (let step = 0; step < 20; step += 1) {
        from = (await matches.step(from, -1))!;
        back.push(from.line);
      }
      expect(back).toEqual(lines.slice(0, 20).reverse());
    }
  });

  it("know which they are, where they were counted from the beginning", async () => {
    const matches = searched(texts, "hit", 1000);
    await matches.count();
    expect(matches.ordinal({ line: 8, column: 0, end_column: 3 })).toBe(2);
    expect(matches.spans(8)).toHaveLength(1);
    expect(matches.spans(9)).toHaveLength(0);
  });
});

describe("lines of an address", () => {
  it("are counted from 1, in either order", () => {
    expect(linesOf("120-140")).toEqual([119, 139]);
    expect(linesOf("140-120")).toEqual([119, 139]);
    expect(linesOf("7")).toEqual([6, 6]);
    for (const wrong of [null, "", "0", "x", "1-2-3", "-5", "9".repeat(20)]) expect(linesOf(wrong)).toBeNull();
    expect(textOf([119, 139])).toBe("120-140");
    expect(textOf([6, 6])).toBe("7");
  });
});
