/** One experiment: charts above its runs, notes, and views of both that were saved. */
import { ofKind, useCall } from "../../api/cache";
import { call, type Schemas } from "../../api/call";
import { mayWrite } from "../../base/may";
import { count } from "../../base/number";
import { pins } from "../../base/pin";
import { address, query } from "../../base/place";
import { Charts } from "../../dashboard/charts";
import { Split } from "../../dashboard/split";
import { FirstRun } from "../../table/first-run";
import type { Room } from "../../table/room";
import { RunsView, useRoom } from "../../table/runs-view";
import { FailureNote } from "../../ui/failure";
import { Later } from "../../ui/later";
import { Page } from "../../ui/page";
import { PinButton } from "../../ui/pin-button";
import { Tabs } from "../../ui/tabs";
import { attempt } from "../../ui/toast";
import { ViewControls } from "./views";
import { experimentWords } from "./words";
import "./experiment.css";

const TABS = ["runs", "charts", "images", "notes"] as const;
type Tab = (typeof TABS)[number];

const images = () => import("./images");
const notes = () => import("./notes");

export default function Experiment({ at }: { at: readonly string[] }) {
  const say = experimentWords();
  const name = at[0] ?? "";
  const { data, failure } = useCall(
    "/experiments:list",
    { name, view: "all" },
    ofKind("experiment", "run", "deleted"),
  ).value;
  const all = data?.experiments;
  const found = all?.find((each) => !each.archived_at) ?? all?.[0];
  const room = useRoom(found?.experiment_id);
  // As many as the table says below it.
  const total = room?.rank.state.value.count;
  const missing = all && !found;
  const pinned = pins.value.includes(name); // what is gone can be taken off the list of places yet
  const tab = TABS.find((each) => each === query.value.get("tab")) ?? "runs";
  const link = (id: string) =>
    address(["experiments", name], { ...Object.fromEntries(query.value), tab: id === "runs" ? null : id });
  return (
    <Page
      crumbs={[{ label: say.experiments, href: address(["experiments"]) }, { label: name }]}
      beside={(!missing || pinned) && <PinButton name={name} on={pinned} />}
    >
      {missing ? (
        <Missing name={name} />
      ) : (
        <>
          <Tabs
            label={say.tabs}
            here={tab}
            tabs={[
              {
                id: "runs",
                label: say.runs,
                href: link("runs"),
                count: total === undefined ? undefined : count(total),
              },
              { id: "charts", label: say.charts, href: link("charts") },
              { id: "images", label: say.images, href: link("images") },
              { id: "notes", label: say.notes, href: link("notes") },
            ]}
            side={<ViewControls experiment={name} />}
          />
          {found?.archived_at && <Archived experiment={found} />}
          {failure && !data && <FailureNote failure={failure} />}
          {tab !== "notes" && <Dashboard room={room} name={name} tab={tab} />}
          {found && tab === "notes" && <Later load={notes} with={{ experiment: found }} />}
        </>
      )}
    </Page>
  );
}

/** Nothing is there to be looked at: the ways out, and nothing that would do nothing. */
function Missing({ name }: { name: string }) {
  const say = experimentWords();
  return (
    <div class="empty">
      <h2>{say.missing}</h2>
      <p>{say.missingText(name)}</p>
      <p>
        <a class="button" href={address(["experiments"])}>
          {say.experiments}
        </a>{" "}
        <a class="button" href={address(["runs"])}>
          {say.allRuns}
        </a>
      </p>
    </div>
  );
}

function Archived({ experiment }: { experiment: Schemas["Experiment"] }) {
  const say = experimentWords();
  const { experiment_id } = experiment;
  return (
    <p class="bar archived-note">
      <span class="tag">{say.archived}</span>
      {mayWrite && (
        <button
          type="button"
          class="button"
          onClick={() => attempt(() => call("/experiments:update", { experiment_id, archived: false }))}
        >
          {say.bringBack}
        </button>
      )}
    </p>
  );
}

function Dashboard({ room, name, tab }: { room: Room | null; name: string; tab: Exclude<Tab, "notes"> }) {
  const say = experimentWords();
  if (!room) return <div class="waiting-room" />;
  const charts = <Charts room={room} />;
  const between = {
    runs: <Split room={room}>{charts}</Split>,
    charts: <div class="charts-whole">{charts}</div>,
    images: <Later load={images} with={{ room, experiment: name }} />,
  }[tab];
  return (
    <RunsView
      room={room}
      between={between}
      table={tab === "runs"}
      empty={<FirstRun title={say.noRuns} text={say.noRunsText} experiment={name} />}
    />
  );
}
