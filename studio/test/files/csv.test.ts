import { describe, expect, it } from "vitest";
import { numericColumns, parseCsv, separatorOf } from "../../src/files/preview/csv";

const rows = (text: string, separator = ",") => parseCsv(text, separator, 100).rows;

describe("tables in text", () => {
  it("keep separators, quotes and line ends within quotes", () => {
    expect(rows('a,b\n"x, ""y""","1\r\n2"\r\nlast,')).toEqual([
      ["a", "b"],
      ['x, "y"', "1\r\n2"],
      ["last", ""],
    ]);
  });

  it("have as many cells as are written, and no rows of empty lines", () => {
    expect(rows("a,,c\n\n,\nz")).toEqual([["a", "", "c"], ["", ""], ["z"]]);
    expect(rows("")).toEqual([]);
    expect(rows("\n\n")).toEqual([]);
    expect(rows("a\rb\r\nc")).toEqual([["a"], ["b"], ["c"]]);
  });

  it("survive what is no table", () => {
    expect(rows('"never closed, ever\nmore')).toEqual([["never closed, ever\nmore"]]);
    expect(rows('"a"b,c')).toEqual([["ab", "c"]]);
    expect(rows('a"b,c')).toEqual([['a"b', "c"]]);
  });

  it("stop where enough was read", () => {
    expect(parseCsv("a\nb\nc\n", ",", 2)).toEqual({ rows: [["a"], ["b"]], more: true });
    expect(parseCsv("a\nb\n", ",", 2).more).toBe(false);
  });

  it("are separated by what the first line has most of, outside of quotes", () => {
    expect(separatorOf("a;b;c,5\n1;2;3")).toBe(";");
    expect(separatorOf('"a;b;c;d",e,f\n')).toBe(",");
    expect(separatorOf("a\tb")).toBe("\t");
    expect(separatorOf("one column")).toBe(",");
  });

  it("tell columns of numbers", () => {
    const body = [
      ["1", "nan", "x", "", "1,5"],
      ["-2.5e-3", "inf", "2", "", "2"],
    ];
    expect(numericColumns(body, 5)).toEqual([true, true, false, false, true]);
  });
});
