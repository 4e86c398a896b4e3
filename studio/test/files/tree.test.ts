import { describe, expect, it, vi } from "vitest";
import { contentOf, isText, kindOf } from "../../src/files/preview/kind";
import { besideOf } from "../../src/files/preview/markdown";
import { type Artifact, type Listing, Shelf } from "../../src/files/shelf";
import { foldersOf, treeRows } from "../../src/files/tree";
import { treeKey } from "../../src/files/tree-keys";

const listings: Record<string, Listing> = {
  "": { folders: ["code", "logs", "outputs"], files: [{ path: "z.txt", size_bytes: 1 }], more: false },
  outputs: { folders: [], files: [{ path: "outputs/a", size_bytes: 2 }], more: true },
};

describe("a tree", () => {
  it("has rows for what is open, logs first", () => {
    const rows = treeRows(
      (folder) => listings[folder],
      (path) => path === "outputs" || path === "logs",
      ["logs"],
    );
    expect(rows.map((row) => `${row.kind} ${row.path} ${row.depth}`)).toEqual([
      "folder logs 0",
      "more logs 1", // on its way
      "folder code 0",
      "folder outputs 0",
      "file outputs/a 1",
      "more outputs 1",
      "file z.txt 0",
    ]);
    expect(foldersOf("a/b/c")).toEqual(["a", "a/b"]);
    expect(foldersOf("c")).toEqual([]);
  });

  it("is reached by keys", () => {
    const rows = [{ depth: 0, open: true }, { depth: 1 }, { depth: 0, open: false }];
    const pressed = (key: string, here: number) => {
      const deeds = { goTo: vi.fn(), turn: vi.fn(), press: vi.fn() };
      treeKey(new KeyboardEvent("keydown", { key, cancelable: true }), rows, here, 10, deeds);
      return Object.entries(deeds).flatMap(([name, deed]) => deed.mock.calls.map((call) => [name, ...call].join(" ")));
    };
    expect(pressed("ArrowDown", 2)).toEqual(["goTo 2"]);
    expect(pressed("End", 0)).toEqual(["goTo 2"]);
    expect(pressed("ArrowRight", 0)).toEqual(["goTo 1"]);
    expect(pressed("ArrowRight", 2)).toEqual(["turn 2 true"]);
    expect(pressed("ArrowLeft", 1)).toEqual(["goTo 0"]);
    expect(pressed("ArrowLeft", 0)).toEqual(["turn 0 false"]);
    expect(pressed("Enter", 1)).toEqual(["press 1"]);
    expect(pressed("x", 1)).toEqual([]);
  });
});

describe("a shelf", () => {
  const read = async (next_cursor: string | null) => {
    const artifacts = ["im-1.png", "im-10.png", "im-2.png"].map((path) => ({ path }) as Artifact);
    const shelf = new Shelf("run", undefined, "", async () => ({
      artifacts,
      folders: ["v1", "v10", "v2"],
      next_cursor,
    }));
    shelf.list("");
    await vi.waitFor(() => expect(shelf.list("")).toBeDefined());
    const { folders, files } = shelf.list("")!;
    return [...folders, ...files.map((each) => each.path)];
  };

  it("has names as people count them where all of a folder is there", async () => {
    expect(await read(null)).toEqual(["v1", "v2", "v10", "im-1.png", "im-2.png", "im-10.png"]);
  });

  it("leaves pages as they come where more follow", async () => {
    expect(await read("more")).toEqual(["v1", "v10", "v2", "im-1.png", "im-10.png", "im-2.png"]);
  });
});

describe("kinds", () => {
  it("go by type and ending", () => {
    expect(kindOf("outputs/a.PNG", "image/png")).toBe("image");
    expect(kindOf("logs/worker", "application/octet-stream")).toBe("log");
    expect(kindOf("a.html", "text/html")).toBe("page");
    expect(kindOf("a.svg", "image/svg+xml")).toBe("drawing");
    expect(kindOf("model", "application/octet-stream")).toBe("other");
  });

  it("are JSON without an ending where the whole of it is", () => {
    const texts = ['{"a": [1]}', " [1, 2]", '{"a": 1}\n{"a": 2}\n', "[INFO] began", "12", "\0"];
    expect(texts.map((text) => contentOf(new TextEncoder().encode(text)))).toEqual([
      "json",
      "json",
      "log",
      "log",
      "log",
      "other",
    ]);
  });

  it("are told from bytes where the name says nothing", () => {
    expect(isText(new TextEncoder().encode("é😀").slice(0, 4))).toBe(true);
    expect(isText(new Uint8Array([0x61, 0]))).toBe(false);
    expect(isText(new Uint8Array([0xff, 0xfe, 0x41]))).toBe(false);
  });
});

describe("pictures of a text", () => {
  it("lie beside it, within the run", () => {
    expect(besideOf("outputs/notes/a.md", "../b%20c.png?x#y")).toBe("outputs/b c.png");
    for (const name of ["https://example.org/x.png", "javascript:1", "//host/x", "/x", "../../../x", "data:,x"])
      expect(besideOf("outputs/notes/a.md", name)).toBeNull();
  });
});
