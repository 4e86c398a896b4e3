/** A tree of files: folders open when they are first looked into, only the rows seen are drawn, and the keyboard reaches all of it. */
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { exact, size } from "../base/number";
import { Rows, type RowsHandle } from "./rows";
import type { Folders, Leaf } from "./shelf";
import "./tree.css";
import { treeKey } from "./tree-keys";
import { filesWords } from "./words";

export type TreeRow =
  | { kind: "folder"; path: string; name: string; depth: number; open: boolean; place: number; of: number }
  | { kind: "file"; path: string; name: string; depth: number; leaf: Leaf; place: number; of: number }
  | { kind: "more"; path: string; depth: number };

interface Props {
  folders: Folders;
  label: string;
  /** The file that is shown. */
  chosen: string | null;
  onChoose: (path: string) => void;
  /** Folders of the top in the order wanted; others follow as they come. */
  first?: readonly string[];
  /** Folders open at first. */
  open?: readonly string[];
  /** Whole paths instead of names, where files of many folders stand in one list. */
  flat?: boolean;
  /** What stands at the end of a row instead of the size. */
  beside?: (path: string) => string | undefined;
  /** Told which folder the row at the cursor is, or lies in. */
  onFolder?: (folder: string) => void;
}

const ROW = 24;

/** The rows of what is open. */
export function treeRows(
  list: Folders["list"],
  isOpen: (path: string) => boolean,
  first: readonly string[] = [],
  flat = false,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (folder: string, depth: number) => {
    const listing = list(folder);
    if (!listing) return rows.push({ kind: "more", path: folder, depth });
    const order = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
    const names = depth ? listing.folders : [...listing.folders].sort((a, b) => order(a) - order(b));
    const of = listing.more ? -1 : names.length + listing.files.length;
    names.forEach((name, index) => {
      const path = folder ? `${folder}/${name}` : name;
      const open = isOpen(path);
      rows.push({ kind: "folder", path, name, depth, open, place: index + 1, of });
      if (open) add(path, depth + 1);
    });
    listing.files.forEach((leaf, index) => {
      const name = flat ? leaf.path : leaf.path.slice(leaf.path.lastIndexOf("/") + 1);
      rows.push({ kind: "file", path: leaf.path, name, depth, leaf, place: names.length + index + 1, of });
    });
    if (listing.more) rows.push({ kind: "more", path: folder, depth });
    return rows.length;
  };
  add("", 0);
  return rows;
}

/** All folders that a file lies in. */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

export function Tree({
  folders,
  label,
  chosen,
  onChoose,
  first = [],
  open = [],
  flat = false,
  beside,
  onFolder,
}: Props) {
  const id = useId();
  const handle = useRef<RowsHandle>(null);
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [at, setAt] = useState<string | null>(chosen);
  const shown = useMemo(() => new Set([...open, ...(chosen ? foldersOf(chosen) : [])]), [open, chosen]);
  const isOpen = (path: string) => turned.get(path) ?? shown.has(path);
  const rows = treeRows((folder) => folders.list(folder), isOpen, first, flat);
  const wanted = rows.findIndex((row) => row.kind !== "more" && row.path === at);
  const here = Math.max(0, wanted >= 0 ? wanted : rows.findIndex((row) => row.kind === "file" && row.path === chosen));
  const turn = (path: string, on: boolean) => setTurned(new Map(turned).set(path, on));

  useEffect(() => {
    if (chosen) setAt(chosen);
  }, [chosen]);
  const current = rows[here];
  const folder = current?.kind === "folder" ? current.path : (foldersOf(current?.path ?? "").pop() ?? "");
  useEffect(() => onFolder?.(folder), [folder]);
  const chosenRow = rows.findIndex((row) => row.kind === "file" && row.path === chosen);
  useEffect(() => {
    if (chosenRow >= 0) handle.current?.reveal(chosenRow);
  }, [chosenRow >= 0, chosen]);

  const goTo = (index: number) => {
    const to = Math.max(0, Math.min(index, rows.length - 1));
    const row = rows[to];
    if (!row) return;
    if (row.kind === "more") folders.more(row.path);
    else setAt(row.path);
    handle.current?.reveal(to);
  };
  const press = (row: TreeRow) => {
    if (row.kind === "folder") turn(row.path, !row.open);
    else if (row.kind === "file") onChoose(row.path);
    else folders.more(row.path);
  };

  const onKeyDown = (event: KeyboardEvent) =>
    treeKey(event, rows, here, handle.current?.page() ?? 1, {
      goTo,
      press: (index) => press(rows[index]!),
      turn: (index, on) => turn((rows[index] as { path: string }).path, on),
    });

  return (
    <Rows
      class="tree"
      count={rows.length}
      rowHeight={ROW}
      handle={handle}
      onDrawn={(from, end) => {
        for (const row of rows.slice(from, end)) if (row.kind === "more") folders.more(row.path);
      }}
      attributes={{
        role: "tree",
        tabIndex: 0,
        "aria-label": label,
        "aria-activedescendant": rows[here] ? `${id}-${here}` : undefined,
        onKeyDown,
      }}
    >
      {(index) => (
        <Row
          key={index}
          id={`${id}-${index}`}
          row={rows[index]!}
          chosen={chosen}
          current={index === here}
          end={beside?.((rows[index] as { path: string }).path)}
          onPress={(row) => {
            handle.current?.focus();
            if (row.kind !== "more") setAt(row.path);
            press(row);
          }}
        />
      )}
    </Rows>
  );
}

interface RowProps {
  id: string;
  row: TreeRow;
  chosen: string | null;
  current: boolean;
  end: string | undefined;
  onPress: (row: TreeRow) => void;
}

function Row({ id, row, chosen, current, end, onPress }: RowProps) {
  const style = { paddingLeft: `${8 + row.depth * 14}px` };
  if (row.kind === "more")
    return (
      <div class="tree-row" role="none" style={style}>
        <span class="skeleton" />
      </div>
    );
  const isFile = row.kind === "file";
  const isChosen = isFile && row.path === chosen;
  return (
    // The tree itself listens to keys, as the pattern for trees has it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the row
    <div
      id={id}
      role="treeitem"
      class={`tree-row${isChosen ? " here" : ""}${current ? " current" : ""}`}
      style={style}
      title={isFile ? `${row.path} · ${filesWords().bytes(exact(row.leaf.size_bytes))}` : row.path}
      aria-level={row.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.of}
      aria-selected={isChosen}
      {...(isFile ? {} : { "aria-expanded": row.open })}
      onClick={() => onPress(row)}
    >
      <span class="tree-sign" aria-hidden="true">
        {isFile ? "" : row.open ? "▾" : "▸"}
      </span>
      <span class="cut grow">{row.name}</span>
      <span class="dim">{end ?? (isFile ? size(row.leaf.size_bytes) : "")}</span>
    </div>
  );
}
