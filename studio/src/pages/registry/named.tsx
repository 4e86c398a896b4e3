/** One name: its versions, and one of them with what is known of it and its files. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ofRun, useCall } from "../../api/cache";
import { idOf, type Kind, numberOf, ofVersions, placeOfVersion } from "../../api/registry";
import type { Run } from "../../api/run";
import { count } from "../../base/number";
import { address, query } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Later } from "../../ui/later";
import { Moment } from "../../ui/moment";
import { Page } from "../../ui/page";
import { Tabs } from "../../ui/tabs";
import { Actions } from "./actions";
import { VersionDetails } from "./details";
import { useVersions } from "./use";
import { registryWords } from "./words";

const browser = async () => ({ default: (await import("../../files/browser")).Browser });

interface Props {
  kind: Kind;
  name: string;
  version: string | undefined;
}

export function Named({ kind, name, version }: Props) {
  const say = registryWords();
  const [pages, setPages] = useState(1);
  const { data, failure } = useVersions(kind, { name }, pages);
  const versions = [...(data?.versions ?? [])].sort((a, b) => numberOf(b) - numberOf(a));
  const listed = version === undefined ? versions[0] : versions.find((each) => String(numberOf(each)) === version);
  // An old version of many, or one that was archived, is in no list yet.
  const looked = useCall(
    "/runs:list",
    data && !listed && version !== undefined
      ? { run_ids: [idOf(kind, name, version)], type: `runwatch.${kind}`, statuses: ["Completed"], hidden: true }
      : null,
    ofVersions(kind),
  ).value.data;
  const chosen = listed ?? looked?.runs[0];
  const crumbs = [{ label: say[kind].title, href: address([`${kind}s`]) }, { label: name }];
  if (!chosen) {
    const unknown = data && (version === undefined || looked);
    return (
      <Page crumbs={crumbs}>
        {failure && !data && <FailureNote failure={failure} />}
        {unknown && (
          <div class="empty">
            <h2>{say[kind].unknown}</h2>
            <p>{version === undefined ? say.noName(name) : say.noVersion(name, version)}</p>
            {versions.length > 0 && (
              <a class="link" href={address(placeOfVersion(kind, name))}>
                {say.newestOf(name)}
              </a>
            )}
            <a class="link" href={address([`${kind}s`])}>
              {say[kind].all}
            </a>
          </div>
        )}
      </Page>
    );
  }
  return (
    <Shown
      kind={kind}
      name={name}
      record={chosen}
      versions={versions}
      {...(data?.more ? { onMore: () => setPages(pages + 1) } : {})}
    />
  );
}

interface ShownProps {
  kind: Kind;
  name: string;
  record: Run;
  versions: readonly Run[];
  onMore?: () => void;
}

function Shown({ kind, name, record, versions, onMore }: ShownProps) {
  const say = registryWords();
  const id = record.run_id;
  const files = useCall("/artifacts:list", { run_id: id, limit: 1000 }, ofRun(id, "files")).value.data;
  const some = files?.artifacts.length ?? 0;
  // Models have files, the others say where theirs lie.
  const parted = kind === "model" || some > 0;
  const tab = parted && (query.value.get("tab") === "files" || query.value.get("file")) ? "files" : "details";
  const place = placeOfVersion(kind, name, numberOf(record));
  const number = files && (files.next_cursor ? say.atLeast(some) : count(some));
  return (
    <Page
      crumbs={[{ label: say[kind].title, href: address([`${kind}s`]) }, { label: name }]}
      beside={<span class="dim small version-beside">{say.version(numberOf(record))}</span>}
      actions={<Actions kind={kind} record={record} files={some > 0} />}
    >
      {parted && (
        <Tabs
          label={say.parts}
          here={tab}
          tabs={[
            { id: "details", label: say.details, href: address(place) },
            { id: "files", label: say.files, href: address(place, { tab: "files" }), count: number },
          ]}
        />
      )}
      <div class="version">
        <Versions kind={kind} name={name} here={id} versions={versions} tab={tab} {...(onMore ? { onMore } : {})} />
        {tab === "files" ? (
          <Later
            key={id}
            load={browser}
            with={{
              run: record,
              first: files && (files.artifacts[0]?.path ?? null),
              none: <div class="empty">{say.noFiles}</div>,
            }}
          />
        ) : (
          <VersionDetails key={id} kind={kind} name={name} record={record} files={files} />
        )}
      </div>
    </Page>
  );
}

interface VersionsProps extends Omit<ShownProps, "record"> {
  /** The id of the one that is shown. */
  here: string;
  tab: string;
}

function Versions({ kind, name, here, versions, tab, onMore }: VersionsProps) {
  const say = registryWords();
  const bar = useRef<HTMLElement>(null);
  const known = versions.length;
  useEffect(() => bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [here, known]);
  return (
    <nav class="versions" aria-label={say.versions} ref={bar}>
      {versions.map((each) => (
        <a
          key={each.run_id}
          href={address(placeOfVersion(kind, name, numberOf(each)), tab === "files" ? { tab } : {})}
          aria-current={each.run_id === here ? "page" : undefined}
        >
          {say.version(numberOf(each))}
          <span class="dim small">
            <Moment at={each.created_at} />
          </span>
        </a>
      ))}
      {onMore && (
        <button type="button" class="button" onClick={onMore}>
          {say.more}
        </button>
      )}
    </nav>
  );
}
