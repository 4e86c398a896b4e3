/** What a run's snapshot holds, from its manifest (docs/formats/snapshot.md). */
import { useRef } from "preact/hooks";
import { ofRun, type Result, useAnswer } from "../../api/cache";
import { Failure } from "../../api/failure";
import type { Run } from "../../api/run";
import { decoded, read } from "../content";
import type { Folders, Leaf, Listing } from "../shelf";

/** A file or a link of a snapshot. */
export interface Entry extends Leaf {
  /** The hash of a file's content; of a link it is empty. */
  sha256: string;
  executable: boolean;
  /** Where a link leads. */
  target: string | null;
}

export interface Manifest {
  /** By path. */
  entries: readonly Entry[];
  /** Folders with nothing in them. */
  empty: readonly string[];
}

const PATH = "snapshot.json";
const VERSION = 1;
/** What a manifest may have. */
const MOST_BYTES = 64 << 20;

/** The artifact that holds a file of a snapshot. */
export function artifactOf(path: string): string {
  return `snapshot/${path}`;
}

/** The property that names a run's snapshot. */
export function snapshotId(run: Pick<Run, "properties">): string | undefined {
  return run.properties.ContentSnapshotId;
}

function refused(): never {
  throw new Failure(
    0,
    "manifest",
    `The manifest of the snapshot (${PATH}) cannot be read: its content is no manifest.`,
  );
}

function lists(found: unknown): { files: unknown[]; links: unknown[]; folders: unknown[] } {
  const { version, files, links, folders } = (found ?? {}) as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(files) || !Array.isArray(links) || !Array.isArray(folders)) refused();
  return { files, links, folders };
}

function text(found: unknown): string {
  return typeof found === "string" ? found : refused();
}

/** A manifest from its text; anybody who may write files of a run may have written it. */
export function parseManifest(json: string): Manifest {
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch {
    refused();
  }
  const { files, links, folders } = lists(found);
  const entries = files.map((each): Entry => {
    const { path, size_bytes, sha256, executable } = (each ?? {}) as Record<string, unknown>;
    if (typeof size_bytes !== "number") refused();
    return { path: text(path), size_bytes, sha256: text(sha256), executable: executable === true, target: null };
  });
  for (const each of links) {
    const { path, target } = (each ?? {}) as Record<string, unknown>;
    entries.push({ path: text(path), size_bytes: 0, sha256: "", executable: false, target: text(target) });
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, empty: folders.map(text) };
}

/** The manifest of a run; nothing is asked for where the run has no snapshot. A snapshot never changes. */
export function useManifest(run: Run | undefined): Result<Manifest> {
  const id = run && snapshotId(run);
  const asked = run && id ? run.run_id : null;
  const known = useRef(false);
  const found = useAnswer(
    asked === null ? null : `manifest ${id} of ${asked}`,
    async () => parseManifest(decoded(await read(asked!, PATH, MOST_BYTES))),
    (notice) => !known.current && ofRun(asked ?? "", "files")(notice),
  ).value;
  known.current = found.data !== undefined;
  return found;
}

/** A manifest as a tree takes it. */
export function foldersOf(manifest: Manifest): Folders {
  const known = new Map<string, { folders: Set<string>; files: Entry[] }>([["", { folders: new Set(), files: [] }]]);
  const place = (folder: string): { folders: Set<string>; files: Entry[] } => {
    const found = known.get(folder);
    if (found) return found;
    const made = { folders: new Set<string>(), files: [] };
    known.set(folder, made);
    const cut = folder.lastIndexOf("/");
    place(folder.slice(0, Math.max(0, cut))).folders.add(folder.slice(cut + 1));
    return made;
  };
  for (const entry of manifest.entries)
    place(entry.path.slice(0, Math.max(0, entry.path.lastIndexOf("/")))).files.push(entry);
  for (const folder of manifest.empty) place(folder);
  const listings = new Map<string, Listing>();
  for (const [folder, { folders, files }] of known)
    listings.set(folder, { folders: [...folders].sort(), files, more: false });
  return { list: (folder) => listings.get(folder), more: () => undefined };
}
