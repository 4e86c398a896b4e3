/** What is registered in the workspace: each version is a run of a type of its own that is never executed (schema/registry.py). */
import type { Concerns } from "./cache";
import { type AnswerOf, type AskOf, call } from "./call";
import type { Run } from "./run";

export type Kind = "model" | "dataset" | "environment";

const NAME = "runwatch.name";
const VERSION = "runwatch.version";
const SOURCE_RUN = "runwatch.source_run";

/** Rows of a page: as many as the server gives at once. */
const PAGE = 1000;

export const calledOf = (version: Run): string => version.properties[NAME] ?? version.run_id;
export const numberOf = (version: Run): number => Number(version.properties[VERSION] ?? 1);
export const sourceOf = (version: Run): string | undefined => version.properties[SOURCE_RUN];

/** The parts of the address of a name's page, or of a version's. */
export function placeOfVersion(kind: Kind, name: string, number?: number): string[] {
  return [`${kind}s`, name, ...(number === undefined ? [] : [String(number)])];
}

/** The id of the run that is a version. */
export function idOf(kind: Kind, name: string, number: string): string {
  return `${kind}:${name.replaceAll(" ", "+")}:${number}`;
}

/** Notices of versions of a kind, by their ids: other runs, which change all the time, do not matter. */
export const ofVersions =
  (kind: Kind): Concerns =>
  ({ subject }) =>
    subject.startsWith(`${kind}:`);

export interface Wanted {
  name?: string;
  /** Text that the name contains, letter case aside. */
  search?: string;
  /** The run that it was registered from. */
  source?: string;
}

/** A request for versions that are complete, the newest first. */
export function askVersions(kind: Kind, { name, search, source }: Wanted): AskOf<"/runs:list"> {
  return {
    type: `runwatch.${kind}`,
    statuses: ["Completed"],
    properties: { ...(name === undefined ? {} : { [NAME]: name }), ...(source ? { [SOURCE_RUN]: source } : {}) },
    filter: search ? `properties."${NAME}" ~ ${JSON.stringify(search)}` : "",
    limit: PAGE,
  };
}

export interface Versions {
  versions: readonly Run[];
  /** There are older ones. */
  more: boolean;
}

/** So many pages of versions. */
export async function readVersions(ask: AskOf<"/runs:list">, pages: number): Promise<Versions> {
  const versions: Run[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const found: AnswerOf<"/runs:list"> = await call("/runs:list", { ...ask, cursor });
    versions.push(...found.runs);
    cursor = found.next_cursor;
    if (!cursor) break;
  }
  return { versions, more: cursor !== null };
}
