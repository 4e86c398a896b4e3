/** What a snapshot held (docs/formats/snapshot.md), as a tree, and what differs between two. */
import { decoded, read } from "../content";
import type { Folders, Leaf, Listing } from "../shelf";

export interface SnapshotFile extends Leaf {
  sha256: string;
  executable: boolean;
}

export interface Manifest {
  files: SnapshotFile[];
  links: { path: string; target: string }[];
  folders: string[];
}

/** What a manifest may be long. */
const MOST_BYTES = 64 << 20;

/** Read a run's manifest. Anybody may have written it: entries that are none are left out. */
export async function readManifest(run: string): Promise<Manifest> {
  const found = JSON.parse(decoded(await read(run, "snapshot.json", MOST_BYTES))) as Partial<Record<string, unknown>>;
  const list = (name: string) => (Array.isArray(found[name]) ? (found[name] as unknown[]) : []);
  const isText = (value: unknown): value is string => typeof value === "string";
  const named = (value: unknown): value is { path: string } => isText((value as { path?: unknown } | null)?.path);
  return {
    files: list("files")
      .filter(named)
      .filter((each): each is SnapshotFile => Number.isFinite((each as SnapshotFile).size_bytes)),
    links: list("links")
      .filter(named)
      .filter((each): each is Manifest["links"][number] => isText((each as Manifest["links"][number]).target)),
    folders: list("folders").filter(isText),
  };
}

export function sizeOf(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.size_bytes, 0);
}

/** A manifest's folders for a tree. */
export class ManifestFolders implements Folders {
  private readonly known = new Map<string, { folders: Set<string>; files: Leaf[] }>([
    ["", { folders: new Set(), files: [] }],
  ]);

  constructor(manifest: Manifest) {
    for (const file of manifest.files) this.folder(parentOf(file.path)).files.push(file);
    for (const link of manifest.links) this.folder(parentOf(link.path)).files.push({ path: link.path, size_bytes: 0 });
    for (const path of manifest.folders) this.folder(path);
    for (const each of this.known.values()) each.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private folder(path: string): { folders: Set<string>; files: Leaf[] } {
    let found = this.known.get(path);
    if (!found) {
      found = { folders: new Set(), files: [] };
      this.known.set(path, found);
      this.folder(parentOf(path)).folders.add(path.slice(path.lastIndexOf("/") + 1));
    }
    return found;
  }

  list(folder: string): Listing | undefined {
    const found = this.known.get(folder);
    return { folders: [...(found?.folders ?? [])].sort(), files: found?.files ?? [], more: false };
  }

  more(): void {
    // All of it is there.
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export interface Change {
  kind: "added" | "changed" | "removed";
  path: string;
  size_bytes: number;
}

/** How one snapshot came to be another: by content, links and rights to execute included. */
export function changesOf(before: Manifest, after: Manifest): Change[] {
  const state = (manifest: Manifest) =>
    new Map<string, { mark: string; size: number }>([
      ...manifest.files.map(
        (each) => [each.path, { mark: `${each.sha256} ${each.executable}`, size: each.size_bytes }] as const,
      ),
      ...manifest.links.map((each) => [each.path, { mark: `→ ${each.target}`, size: 0 }] as const),
    ]);
  const [old, now] = [state(before), state(after)];
  const found: Change[] = [];
  for (const [path, { mark, size: size_bytes }] of now) {
    const was = old.get(path);
    if (!was) found.push({ kind: "added", path, size_bytes });
    else if (was.mark !== mark) found.push({ kind: "changed", path, size_bytes });
  }
  for (const [path, { size: size_bytes }] of old) if (!now.has(path)) found.push({ kind: "removed", path, size_bytes });
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
