import { expect, test } from "vitest";
import { Failure } from "../../src/api/failure";
import { changesOf, kindOfChange, sameContent } from "../../src/files/code/comparison";
import { foldersOf, type Manifest, parseManifest } from "../../src/files/code/manifest";
import { treeRows } from "../../src/files/tree";

const file = (path: string, sha256 = "a", executable = false) => ({ path, size_bytes: 3, sha256, executable });
const manifest = (files: object[], links: object[] = [], folders: string[] = []): Manifest =>
  parseManifest(JSON.stringify({ version: 1, files, links, folders }));

const some = manifest(
  [file("README.md"), file("src/deep/b.py"), file("src/a.py"), file("<script>.py")],
  [{ path: "latest", target: "src" }],
  ["empty/inner"],
);

test("a manifest is a tree: folders before files, links and empty folders among them", () => {
  const tree = foldersOf(some);
  expect(tree.list("")).toMatchObject({ folders: ["empty", "src"], more: false });
  expect(tree.list("")?.files.map((each) => each.path)).toEqual(["<script>.py", "README.md", "latest"]);
  expect(tree.list("src")?.folders).toEqual(["deep"]);
  expect(tree.list("empty/inner")).toEqual({ folders: [], files: [], more: false });
  const rows = treeRows(tree.list, () => true);
  expect(rows.map((row) => `${"  ".repeat(row.depth)}${row.path}`)).toEqual([
    "empty",
    "  empty/inner",
    "src",
    "  src/deep",
    "    src/deep/b.py",
    "  src/a.py",
    "<script>.py",
    "README.md",
    "latest",
  ]);
});

test("what is no manifest is refused", () => {
  for (const text of ["", "[]", "null", '{"version": 2, "files": [], "links": [], "folders": []}', '{"version": 1}'])
    expect(() => parseManifest(text)).toThrow(Failure);
  expect(() => manifest([{ path: 1, size_bytes: 1, sha256: "" }])).toThrow(Failure);
  expect(() => manifest([], [{ path: "a" }])).toThrow(Failure);
});

test("a hundred thousand files are a tree at once", () => {
  const many = manifest(Array.from({ length: 100_000 }, (_, at) => file(`d${at % 300}/f${at}.txt`)));
  expect(foldersOf(many).list("")?.folders).toHaveLength(300);
});

test("changes are found by hash, whatever the order", () => {
  const now = manifest(
    [file("src/a.py", "b"), file("README.md"), file("new.py"), file("<script>.py", "a", true)],
    [{ path: "latest", target: "other" }],
  );
  const changes = changesOf(some, now);
  expect(changes.map((change) => [change.path, kindOfChange(change)])).toEqual([
    ["<script>.py", "changed"],
    ["latest", "changed"],
    ["new.py", "added"],
    ["src/a.py", "changed"],
    ["src/deep/b.py", "removed"],
  ]);
  expect(sameContent(changes[0]!.old!, changes[0]!.now!)).toBe(true);
  expect(sameContent(changes[1]!.old!, changes[1]!.now!)).toBe(false);
  expect(changesOf(now, now)).toEqual([]);
});

test("a file that became a link has changed", () => {
  const link = manifest([], [{ path: "a", target: "b" }]);
  expect(changesOf(manifest([file("a")]), link).map(kindOfChange)).toEqual(["changed"]);
});
