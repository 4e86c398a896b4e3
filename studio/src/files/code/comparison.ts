/** How two snapshots differ, by what their manifests say. */
import type { Entry, Manifest } from "./manifest";

export interface Change {
  path: string;
  /** Null where it was added. */
  old: Entry | null;
  /** Null where it was removed. */
  now: Entry | null;
}

export type ChangeKind = "added" | "removed" | "changed";

export function kindOfChange(change: Change): ChangeKind {
  return change.old ? (change.now ? "changed" : "removed") : "added";
}

/** Whether what is in a file, or where a link leads, is the same; its rights are not asked about. */
export function sameContent(a: Entry, b: Entry): boolean {
  return a.sha256 === b.sha256 && a.target === b.target;
}

/** The changes from one snapshot to another, by path: content, or the right to execute. */
export function changesOf(old: Manifest, now: Manifest): Change[] {
  const before = new Map(old.entries.map((entry) => [entry.path, entry]));
  const changes: Change[] = [];
  for (const entry of now.entries) {
    const was = before.get(entry.path) ?? null;
    before.delete(entry.path);
    if (!was || !sameContent(was, entry) || was.executable !== entry.executable)
      changes.push({ path: entry.path, old: was, now: entry });
  }
  for (const entry of before.values()) changes.push({ path: entry.path, old: entry, now: null });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
