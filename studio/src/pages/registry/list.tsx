/** The names of a kind as a table: the newest version of each, and where that comes from. */
import { useState } from "preact/hooks";
import { type Kind, numberOf, placeOfVersion, sourceOf } from "../../api/registry";
import type { Run } from "../../api/run";
import { count } from "../../base/number";
import { address, ask, query } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Moment } from "../../ui/moment";
import { SearchField } from "../../ui/search-field";
import { Snippet } from "../../ui/snippet";
import { firstOf } from "./code";
import { byName, type Named } from "./names";
import { SourceLink } from "./source-link";
import { useSources, useVersions } from "./use";
import { registryWords } from "./words";

export function NameList({ kind }: { kind: Kind }) {
  const say = registryWords();
  const search = query.value.get("q") ?? "";
  const [pages, setPages] = useState(1);
  const { data, failure, settled } = useVersions(kind, { search }, pages);
  const found = byName(data?.versions ?? []);
  const sources = useSources(found.map((each) => each.newest));
  const none = settled && !found.length;
  return (
    <>
      <div class="bar">
        <SearchField
          class="names-search"
          text={search}
          onText={(q) => ask({ q: q || null }, "replace")}
          label={say[kind].search}
        />
        <span class="grow" />
        <span class="dim small names-found" role="status">
          {data && !data.more ? say[kind].found(found.length) : ""}
        </span>
      </div>
      {failure && <FailureNote failure={failure} />}
      {none && search && <p class="empty">{say[kind].noMatch}</p>}
      {none && !search && (
        <div class="empty">
          <h2>{say[kind].none}</h2>
          <p>{say[kind].noneText}</p>
          <Snippet code={firstOf(kind)} />
        </div>
      )}
      {found.length > 0 && (
        <div class="scroll">
          <table class="plain names" aria-label={say[kind].title}>
            <thead>
              <tr>
                <th scope="col">{say.name}</th>
                <th scope="col" class="num">
                  {say.newest}
                </th>
                <th scope="col" class="num">
                  {say.versions}
                </th>
                <th scope="col">{say.created}</th>
                {kind === "model" && <th scope="col">{say.source}</th>}
                <th scope="col">{say.tags}</th>
                <th scope="col">{say.description}</th>
              </tr>
            </thead>
            <tbody>
              {found.map((each) => (
                <Line key={each.name} kind={kind} named={each} more={data?.more ?? false} sources={sources} />
              ))}
            </tbody>
          </table>
          {data?.more && (
            <p class="more">
              <button type="button" class="button" disabled={!settled} onClick={() => setPages(pages + 1)}>
                {say.more}
              </button>{" "}
              <span class="dim small">{say.seen(data.versions.length)}</span>
            </p>
          )}
        </div>
      )}
    </>
  );
}

interface LineProps {
  kind: Kind;
  named: Named;
  /** There are versions that were not read yet, perhaps some of this name. */
  more: boolean;
  sources: ReadonlyMap<string, Run> | null;
}

function Line({ kind, named, more, sources }: LineProps) {
  const { name, newest } = named;
  return (
    <tr>
      <td>
        <a class="strong" href={address(placeOfVersion(kind, name))} title={name}>
          {name}
        </a>
      </td>
      <td class="num">{numberOf(newest)}</td>
      <td class="num">{more ? registryWords().atLeast(named.count) : count(named.count)}</td>
      <td>
        <Moment at={newest.created_at} />
      </td>
      {kind === "model" && (
        <td>
          <SourceLink id={sourceOf(newest)} runs={sources} />
        </td>
      )}
      <td>
        {Object.entries(newest.tags).map(([tag, value]) => (
          <span key={tag} class="tag" title={value ? `${tag}: ${value}` : tag}>
            {value ? `${tag}: ${value}` : tag}
          </span>
        ))}
      </td>
      <td class="dim" title={newest.description}>
        {newest.description}
      </td>
    </tr>
  );
}
