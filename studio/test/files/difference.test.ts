import { expect, test } from "vitest";
import { differenceOf, folded, nextSpan, tallyOf } from "../../src/files/code/difference";
import { marksOf, marksText, pressed } from "../../src/files/code/marks";
import { patchRows } from "../../src/files/code/patch";

const text = (count: number, change: (line: number) => string | null = () => null) =>
  Array.from({ length: count }, (_, index) => `${change(index + 1) ?? `line ${index + 1}`}\n`).join("");

test("rows carry the numbers of both sides", () => {
  const rows = differenceOf("a\nb\nc\n", "a\nB\nc\nd\n");
  expect(rows.map((row) => [row.kind, row.old, row.now, row.text])).toEqual([
    ["same", 1, 1, "a"],
    ["remove", 2, null, "b"],
    ["add", null, 2, "B"],
    ["same", 3, 3, "c"],
    ["add", null, 4, "d"],
  ]);
  expect(tallyOf(rows)).toEqual({ added: 2, removed: 1 });
});

test("a missing end of the last line, and another kind of line end, are differences", () => {
  expect(differenceOf("a\n", "a").map((row) => [row.kind, row.isOpen])).toEqual([
    ["remove", false],
    ["add", true],
  ]);
  expect(tallyOf(differenceOf("a\r\n", "a\n"))).toEqual({ added: 1, removed: 1 });
  expect(differenceOf("", "")).toEqual([]);
  expect(differenceOf("", "x").map((row) => row.kind)).toEqual(["add"]);
});

test("equal lines away from changes are folded, three stay on each side", () => {
  const rows = differenceOf(
    text(100),
    text(100, (line) => (line === 50 ? "changed" : null)),
  );
  expect(folded(rows)).toEqual([
    { from: 0, end: 46, folded: true },
    { from: 46, end: 54, folded: false },
    { from: 54, end: 101, folded: true },
  ]);
});

test("few equal lines are not folded, equal files are folded whole", () => {
  const near = differenceOf(
    text(20),
    text(20, (line) => (line === 5 || line === 15 ? "changed" : null)),
  );
  expect(folded(near).filter((part) => part.folded)).toEqual([]);
  expect(folded(differenceOf(text(10), text(10)))).toEqual([{ from: 0, end: 10, folded: true }]);
});

test("folded lines are opened towards the change, forty at a time", () => {
  const rows = differenceOf(
    text(200),
    text(200, (line) => (line === 100 ? "changed" : null)),
  );
  const [above, , below] = folded(rows);
  expect(nextSpan(above!, 40)).toEqual([56, 96]);
  expect(nextSpan(below!, 40)).toEqual([104, 144]);
  const opened = folded(rows, [nextSpan(above!, 40), nextSpan(below!, 40)]);
  expect(opened).toEqual([
    { from: 0, end: 56, folded: true },
    { from: 56, end: 144, folded: false },
    { from: 144, end: 201, folded: true },
  ]);
  expect(folded(rows, [[0, 201]])).toEqual([{ from: 0, end: 201, folded: false }]);
});

test("a patch is read by the counts of its hunks: a removed line may look like a heading", () => {
  const rows = patchRows(
    [
      "diff --git a/x.sql b/x.sql",
      "--- a/x.sql",
      "+++ b/x.sql",
      "@@ -7,3 +7,2 @@ def f():",
      " same",
      "--- a comment of sql",
      "-@@ -1 +1 @@",
      "+new",
      "\\ No newline at end of file",
      "diff --git a/y b/y",
      "",
    ].join("\n"),
  );
  expect(rows.map((row) => [row.kind, row.old, row.now])).toEqual([
    ["head", null, null],
    ["head", null, null],
    ["head", null, null],
    ["head", null, null],
    ["same", 7, 7],
    ["remove", 8, null],
    ["remove", 9, null],
    ["add", null, 8],
    ["head", null, null],
  ]);
  expect(rows[5]?.text).toBe("-- a comment of sql");
  expect(rows[7]?.isOpen).toBe(true);
});

test("marks of lines", () => {
  expect(marksOf("12-20")).toEqual({ first: 12, last: 20 });
  expect(marksOf("20-12")).toEqual({ first: 12, last: 20 });
  expect(marksOf("7")).toEqual({ first: 7, last: 7 });
  for (const wrong of [null, "", "0", "x", "-3", "1-", "1-2-3"]) expect(marksOf(wrong)).toBeNull();
  expect(marksText({ first: 3, last: 3 })).toBe("3");
  expect(marksText({ first: 3, last: 9 })).toBe("3-9");
});

test("a press marks a line, with Shift a range, and again nothing", () => {
  expect(pressed(null, 5, false)).toEqual({ first: 5, last: 5 });
  expect(pressed({ first: 5, last: 5 }, 9, true)).toEqual({ first: 5, last: 9 });
  expect(pressed({ first: 5, last: 9 }, 2, true)).toEqual({ first: 2, last: 9 });
  expect(pressed({ first: 5, last: 9 }, 7, true)).toEqual({ first: 5, last: 7 });
  expect(pressed({ first: 5, last: 5 }, 5, false)).toBeNull();
  expect(pressed(null, 4, true)).toEqual({ first: 4, last: 4 });
});
