import { expect, test } from "vitest";
import { highlighted } from "../../src/files/code/highlight";

const kinds = (text: string, ending: string) =>
  highlighted(text, ending).map((words) => words.map((word) => `${word.kind?.slice(5) ?? "-"}:${word.text}`));

test("every character stays, in its line", () => {
  const text = 'def f(x):  # note\n    """two\n    lines"""\n    return "a\\"b" + x[1e-3]\n';
  for (const ending of ["py", "json", "yaml", "sh", "ini", "md", "html", "diff", "other"])
    expect(
      highlighted(text, ending)
        .map((words) => words.map((word) => word.text).join(""))
        .join("\n"),
    ).toBe(text);
});

test("Python: comments, texts over lines, words, names of functions", () => {
  const found = kinds('def train(lr=1e-3):  # why\n    s = """a\n# b"""', "py").flat();
  expect(found).toContain("keyword:def");
  expect(found).toContain("title:train");
  expect(found).toContain("number:1e-3");
  expect(found).toContain("comment:# why");
  expect(found).toContain('string:# b"""');
});

test("a word within a word is none", () => {
  expect(kinds("import_time = classes1", "py").flat().join()).not.toMatch(/keyword|number/);
});

test("keys of JSON and YAML, lines of a difference", () => {
  expect(kinds('{"a": "b", "n": -1.5}', "json").flat()).toEqual(
    expect.arrayContaining(['attr:"a"', 'string:"b"', "number:1.5"]),
  );
  expect(kinds("lr: 0.1  # x\nname: run", "yaml").flat()).toEqual(
    expect.arrayContaining(["attr:lr", "number:0.1", "comment:# x", "attr:name"]),
  );
  expect(kinds("+added\n-gone\n same", "diff").flat()).toEqual(["addition:+added", "deletion:-gone", "-: same"]);
});

test("SQL in small and capital letters, with its doubled quotes and comments", () => {
  const found = kinds("select a FROM b -- why\nWHERE c = 'it''s'", "sql").flat();
  expect(found).toEqual(expect.arrayContaining(["keyword:select", "keyword:FROM", "comment:-- why", "string:'it''s'"]));
});
