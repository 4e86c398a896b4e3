import { describe, expect, it } from "vitest";
import { compared, folded, patchLines } from "../../src/files/snapshot/diff";
import { changesOf, ManifestFolders } from "../../src/files/snapshot/manifest";

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join("");
const shape = (before: string, after: string, open = new Set<number>()) =>
  folded(compared(before, after), open).map((line) => (line.kind === "fold" ? `fold ${line.lines}` : line.text));

describe("a difference", () => {
  it("numbers the lines of both sides", () => {
    expect(compared("a\nb\nc\n", "a\nB\nc\nd\n")).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "removed", text: "b", before: 2, after: null },
      { kind: "added", text: "B", before: null, after: 2 },
      { kind: "same", text: "c", before: 3, after: 3 },
      { kind: "added", text: "d", before: null, after: 4 },
    ]);
  });

  it("folds what stayed, except around changes", () => {
    const before = `${numbered(1, 20)}x\n${numbered(21, 40)}`;
    const after = `${numbered(1, 20)}y\n${numbered(21, 40)}`;
    expect(shape(before, after)).toEqual(["fold 17", "18", "19", "20", "x", "y", "21", "22", "23", "fold 17"]);
    expect(shape(before, after, new Set([0]))).toHaveLength(20 + 2 + 3 + 1);
  });

  it("folds between two changes, but not a single line", () => {
    const between = (lines: number) => shape(`a\n${numbered(1, lines)}b\n`, `A\n${numbered(1, lines)}B\n`);
    expect(between(7)).toHaveLength(7 + 4);
    expect(between(8)).toEqual(["a", "A", "1", "2", "3", "fold 2", "6", "7", "8", "b", "B"]);
  });

  it("of equal texts is one fold, of none is nothing", () => {
    expect(shape(numbered(1, 9), numbered(1, 9))).toEqual(["fold 9"]);
    expect(shape("", "")).toEqual([]);
    expect(shape("", "a\n")).toEqual(["a"]);
  });
});

describe("a patch", () => {
  it("tells its lines apart by where they stand", () => {
    const patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n c\n--- removed dashes\n";
    expect(patchLines(patch).map((line) => line.kind)).toEqual([
      "file",
      "note",
      "note",
      "place",
      "removed",
      "added",
      "same",
      "removed",
    ]);
  });
});

describe("two snapshots", () => {
  const file = (path: string, sha256: string, executable = false) => ({ path, sha256, executable, size_bytes: 1 });
  it("differ by content, rights, links and what is there", () => {
    const before = {
      files: [file("a", "1"), file("b", "2"), file("c", "3"), file("d/e", "4")],
      links: [{ path: "l", target: "a" }],
      folders: [],
    };
    const after = {
      files: [file("a", "1"), file("b", "9"), file("c", "3", true), file("n", "5")],
      links: [],
      folders: [],
    };
    expect(changesOf(before, after).map((each) => `${each.kind} ${each.path}`)).toEqual([
      "changed b",
      "changed c",
      "removed d/e",
      "removed l",
      "added n",
    ]);
    expect(changesOf(before, before)).toEqual([]);
  });

  it("are trees of folders, empty ones too", () => {
    const folders = new ManifestFolders({
      files: [file("a/b/c", "1"), file("x", "2")],
      links: [],
      folders: ["a/empty"],
    });
    expect(folders.list("")).toMatchObject({ folders: ["a"], files: [{ path: "x" }] });
    expect(folders.list("a")?.folders).toEqual(["b", "empty"]);
    expect(folders.list("a/empty")).toEqual({ folders: [], files: [], more: false });
  });
});
