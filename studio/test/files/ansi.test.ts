import { describe, expect, it } from "vitest";
import { indexed, marked, pieces, plain, safeHref } from "../../src/files/log/ansi";

const ESC = "\u001b";

describe("control sequences", () => {
  it("become styles, in the forms that terminals know", () => {
    expect(pieces(`a${ESC}[1;31mb${ESC}[0mc`)).toEqual([
      { text: "a" },
      { text: "b", bold: true, ink: 1 },
      { text: "c" },
    ]);
    expect(pieces(`${ESC}[38;5;208mx${ESC}[48;2;1;2;300my${ESC}[39mz`)).toEqual([
      { text: "x", ink: "#ff8700" },
      { text: "y", ink: "#ff8700", ground: "#0102ff" },
      { text: "z", ground: "#0102ff" },
    ]);
    expect(pieces(`${ESC}[4:3m${ESC}[97;100mx${ESC}[22;24;27;39;49my`)[0]).toMatchObject({ ink: 15, ground: 8 });
    expect(pieces(`${ESC}[mx`)).toEqual([{ text: "x" }]);
  });

  it("leave the text as the server sees it", () => {
    const line = `a${ESC}[31mb${ESC}]8;;http://x${"\u0007"}c${ESC}]8;;${"\u0007"}\td\u0007\u202ee\u200d\rq`;
    // As runwatch.store.log.plain gives it.
    expect(plain(line)).toBe("abc\td\\x07\\u202ee\u200d\\rq");
    expect(
      pieces(line)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(plain(line));
    expect(plain(`${ESC}[`)).toBe("");
    expect(plain(`\u009b31mred`)).toBe("red");
    expect(plain("\ud800x")).toBe("\\ud800x");
  });

  it("give links only where they may lead", () => {
    const link = (address: string) => `${ESC}]8;id=1;${address}${ESC}\\there${ESC}]8;;${ESC}\\.`;
    expect(pieces(link("https://example.org/a"))).toEqual([
      { text: "there", href: "https://example.org/a" },
      { text: "." },
    ]);
    for (const address of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/runs", "JaVaScRiPt:x"])
      expect(pieces(link(address))[0]).toEqual({ text: "there" });
    expect(safeHref("java\nscript:alert(1)")).toBeUndefined();
  });

  it("know the 256 colours", () => {
    expect(indexed(9)).toBe(9);
    expect(indexed(16)).toBe("#000000");
    expect(indexed(231)).toBe("#ffffff");
    expect(indexed(244)).toBe("#808080");
    expect(indexed(256)).toBeUndefined();
  });
});

describe("marks", () => {
  it("count characters as people do, across pieces", () => {
    const line = pieces(`😀a${ESC}[31mbc${ESC}[0md`);
    expect(marked(line, [[1, 3]]).map((each) => [each.text, each.mark])).toEqual([
      ["😀", -1],
      ["a", 0],
      ["b", 0],
      ["c", -1],
      ["d", -1],
    ]);
    expect(
      marked(
        [{ text: "abcd" }],
        [
          [0, 1],
          [3, 9],
        ],
      ).map((each) => each.mark),
    ).toEqual([0, -1, 1]);
  });
});
