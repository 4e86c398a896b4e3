/** What the server knows of versions and of where they come from, followed. */
import { useRef } from "preact/hooks";
import { type Concerns, ofKind, useAnswer, useCall } from "../../api/cache";
import {
  askVersions,
  type Kind,
  ofVersions,
  readVersions,
  sourceOf,
  type Versions,
  type Wanted,
} from "../../api/registry";
import type { Run } from "../../api/run";

/** Versions, the newest first. What was there stays until an answer to another search, or with more pages, has come. */
export function useVersions(kind: Kind, wanted: Wanted, pages: number) {
  const ask = askVersions(kind, wanted);
  const key = `versions ${pages} ${JSON.stringify(ask)}`;
  const { data, failure } = useAnswer<Versions>(key, () => readVersions(ask, pages), ofVersions(kind)).value;
  const held = useRef<Versions>(undefined);
  if (data) held.current = data;
  return { data: data ?? held.current, failure, settled: data !== undefined };
}

/** The most runs whose names are asked for at once. */
const SOURCES = 1000;

/** The runs that versions were registered from, by id; null while they are on their way. What was deleted is not among them. */
export function useSources(versions: readonly Run[]): ReadonlyMap<string, Run> | null {
  const ids = [...new Set(versions.flatMap((each) => sourceOf(each) ?? []))].slice(0, SOURCES);
  const wanted = new Set(ids);
  const ask = ids.length ? { run_ids: ids, hidden: true, limit: SOURCES } : null;
  const ofThem: Concerns = (notice) => wanted.has(notice.subject) && ofKind("run", "deleted")(notice);
  const { data } = useCall("/runs:list", ask, ofThem).value;
  const held = useRef<ReadonlyMap<string, Run>>(null);
  if (data) held.current = new Map(data.runs.map((run) => [run.run_id, run]));
  return held.current;
}
