/** The experiments as a table: what they are, how many runs they have, and when the last one began. */
import { useState } from "preact/hooks";
import { ofKind, useCall } from "../../api/cache";
import { call, type Schemas } from "../../api/call";
import { mayWrite } from "../../base/may";
import { count } from "../../base/number";
import { pin, pins } from "../../base/pin";
import { address, ask, query } from "../../base/place";
import { FirstRun } from "../../table/first-run";
import { FailureNote } from "../../ui/failure";
import { Moment } from "../../ui/moment";
import { PinButton } from "../../ui/pin-button";
import { SearchField } from "../../ui/search-field";
import { attempt, say as tell } from "../../ui/toast";
import { experimentsWords } from "./words";
import "./experiments.css";

type Experiment = Schemas["Experiment"];

const PAGE = 100;

export function ExperimentList() {
  const say = experimentsWords();
  const search = query.value.get("q") ?? "";
  const archived = query.value.get("old") === "1";
  const [limit, setLimit] = useState(PAGE);
  const { data, failure, loading } = useCall(
    "/experiments:list",
    { search, view: archived ? "archived" : "active", limit },
    ofKind("experiment", "run", "deleted"),
  ).value;
  const found = data?.experiments ?? [];
  const none = data && !found.length && !loading;
  return (
    <>
      <div class="bar">
        <SearchField
          class="experiment-search"
          text={search}
          onText={(q) => ask({ q: q || null }, "replace")}
          label={say.search}
        />
        <label class="switch">
          <input
            type="checkbox"
            checked={archived}
            onChange={(event) => ask({ old: event.currentTarget.checked ? "1" : null })}
          />
          {say.archived}
        </label>
        <span class="grow" />
        <span class="dim small" role="status">
          {data && !data.next_cursor ? say.found(found.length) : ""}
        </span>
      </div>
      {failure && !data && <FailureNote failure={failure} />}
      {none && !search && !archived && <FirstRun title={say.empty} text={say.emptyText} />}
      {none && (search || archived) && <p class="empty">{search ? say.none : say.noArchived}</p>}
      {found.length > 0 && (
        <div class="scroll">
          <table class="plain experiments">
            <thead>
              <tr>
                <th scope="col" class="pin-cell">
                  <span class="unseen">{say.title}</span>
                </th>
                <th scope="col">{say.name}</th>
                <th scope="col" class="num">
                  {say.number}
                </th>
                <th scope="col">{say.last}</th>
                <th scope="col">{say.tags}</th>
                <th scope="col">{say.description}</th>
                <th scope="col">{mayWrite && <span class="unseen">{archived ? say.bringBack : say.archive}</span>}</th>
              </tr>
            </thead>
            <tbody>
              {found.map((each) => (
                <Line key={each.experiment_id} experiment={each} />
              ))}
            </tbody>
          </table>
          {data?.next_cursor && (
            <p class="more">
              <button type="button" class="button" onClick={() => setLimit(Math.min(1000, limit + PAGE))}>
                {say.more}
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}

function Line({ experiment }: { experiment: Experiment }) {
  const say = experimentsWords();
  const { name, archived_at: archived, description } = experiment;
  const change = () =>
    attempt(async () => {
      await call("/experiments:update", { experiment_id: experiment.experiment_id, archived: !archived });
      if (!archived) pin(name, false);
      tell(archived ? say.backDone(name) : say.archivedDone(name));
    });
  return (
    <tr>
      <td class="pin-cell">
        <PinButton on={pins.value.includes(name)} name={name} />
      </td>
      <td>
        <a class="strong" href={address(["experiments", name])} title={name}>
          {name}
        </a>
      </td>
      <td class="num">{count(experiment.run_count)}</td>
      <td>
        <Moment at={experiment.last_run_at} />
      </td>
      <td>
        {Object.entries(experiment.tags).map(([tag, value]) => (
          <span key={tag} class="tag" title={value ? `${tag}: ${value}` : tag}>
            {value ? `${tag}: ${value}` : tag}
          </span>
        ))}
      </td>
      <td class="dim" title={description}>
        {description}
      </td>
      <td class="num">
        {mayWrite && (
          <button
            type="button"
            class="button quiet"
            aria-label={archived ? say.bringBackNamed(name) : say.archiveNamed(name)}
            onClick={change}
          >
            {archived ? say.bringBack : say.archive}
          </button>
        )}
      </td>
    </tr>
  );
}
