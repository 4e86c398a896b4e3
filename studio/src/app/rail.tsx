/** The places of the studio, what is pinned, and what runs now. */

import { ofKind, useCall } from "../api/cache";
import { nameOf, placeOf } from "../api/run";
import { count } from "../base/number";
import { pins } from "../base/pin";
import { address } from "../base/place";
import { Elapsed } from "../ui/moment";
import { Status } from "../ui/status";
import { shellWords } from "./words";

const RUNNING = ["Running", "Finalizing", "Preparing", "Starting"] as const;

export function Rail({ place }: { place: string }) {
  const say = shellWords();
  const running = useCall(
    "/runs:list",
    { statuses: [...RUNNING], limit: 8, order: { field: "started_at" } },
    ofKind("run", "deleted"),
  );
  const targets = useCall("/targets:list", {}, ofKind("jobs"));
  const runs = running.value.data?.runs ?? [];
  const link = (id: string, label: string, to: readonly string[], number?: number) => (
    <a href={address(to)} aria-current={place === id ? "page" : undefined}>
      {label}
      {number !== undefined && <span class="count">{count(number)}</span>}
    </a>
  );
  return (
    <nav class="rail" aria-label={say.places}>
      <a class="brand" href={address([])} aria-label="Runwatch">
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M1 11 5 5l3 4 2-3 5 5" fill="none" stroke="var(--accent)" stroke-width="2" stroke-linejoin="round" />
        </svg>
        Runwatch
      </a>
      {link("home", say.home, [])}
      {link("experiments", say.experiments, ["experiments"])}
      {link("compute", say.compute, ["compute"], targets.value.data?.targets.length)}
      {link("models", say.models, ["models"])}
      {pins.value.length > 0 && <h2>{say.pinned}</h2>}
      {pins.value.map((name) => (
        <a key={name} class="now" href={address(["experiments", name])}>
          <span class="cut">{name}</span>
        </a>
      ))}
      {runs.length > 0 && <h2>{say.running}</h2>}
      {runs.map((run) => (
        <a key={run.run_id} class="now" href={address(placeOf(run))}>
          <span class="cut">
            <Status status={run.status} bare /> {nameOf(run)}
          </span>
          <span class="count">
            <Elapsed from={run.started_at} to={run.ended_at} brief />
          </span>
        </a>
      ))}
      <span class="grow" />
      {link("status", say.status, ["status"])}
      {link("settings", say.settings, ["settings"])}
    </nav>
  );
}
