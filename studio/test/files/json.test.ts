import { describe, expect, it } from "vitest";
import { jsonRows, parseJson, Written } from "../../src/files/preview/json-tree";
import { readNotebook } from "../../src/files/preview/notebook-file";

describe("JSON", () => {
  it("keeps numbers as they are written, and those that are none", () => {
    const found = parseJson('{"big": 12345678901234567890, "nan": NaN, "low": -Infinity, "text": "NaN 1 \\u0001 2"}');
    expect(found?.value).toEqual({
      big: new Written("12345678901234567890"),
      nan: new Written("NaN"),
      low: new Written("-Infinity"),
      text: "NaN 1 \u0001 2",
    });
    expect(parseJson("[1, 2")).toBeNull();
    expect(parseJson("null")).toEqual({ value: null });
  });

  it("folds into rows", () => {
    const { value } = parseJson('{"a": [1, {"b": true}], "c": {}}')!;
    expect(jsonRows(value, new Map()).map((row) => [row.name, row.depth, row.open])).toEqual([
      [null, 0, true],
      ["a", 1, true],
      ["0", 2, undefined],
      ["1", 2, false],
      ["c", 1, undefined],
    ]);
    expect(jsonRows(value, new Map([["", false]]))).toHaveLength(1);
  });
});

describe("a notebook", () => {
  it("is read as far as it is one", () => {
    const found = readNotebook(
      JSON.stringify({
        cells: [
          { cell_type: "markdown", source: ["# a\n", "b"] },
          {
            cell_type: "code",
            execution_count: 3,
            source: "x",
            outputs: [
              { output_type: "stream", text: ["one\n", "two"] },
              { output_type: "display_data", data: { "image/png": "aGk=\n", "text/plain": "<Figure>" } },
              { output_type: "display_data", data: { "image/png": 'x" onerror="alert(1)' } },
              { output_type: "execute_result", execution_count: 3, data: { "text/html": "<b>", "text/plain": "4" } },
              7,
            ],
          },
          null,
        ],
      }),
    )!;
    expect(found.cells.map((cell) => cell.kind)).toEqual(["markdown", "code", "code"]);
    expect(found.cells[0]!.source).toBe("# a\nb");
    const outputs = found.cells[1]!.outputs;
    expect(outputs[0]!.text).toBe("one\ntwo");
    expect(outputs[1]!.image).toBe("data:image/png;base64,aGk=");
    expect(outputs[2]!.image).toBeUndefined();
    expect(outputs[3]).toMatchObject({ text: "4", count: 3, kinds: ["text/html", "text/plain"] });
    expect(readNotebook("[]")).toBeNull();
    expect(readNotebook("{")).toBeNull();
  });
});
