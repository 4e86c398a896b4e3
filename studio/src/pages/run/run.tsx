/** The page of one run: what it is called and how it stands above, its parts as tabs below. */
import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ofRun, useCall } from "../../api/cache";
import { call } from "../../api/call";
import { ENDED, nameOf, placeOf, type Run } from "../../api/run";
import { useKeys } from "../../base/keys";
import { count } from "../../base/number";
import { address, go } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Later } from "../../ui/later";
import { Elapsed } from "../../ui/moment";
import { Page } from "../../ui/page";
import { Status } from "../../ui/status";
import { Tabs } from "../../ui/tabs";
import { attempt } from "../../ui/toast";
import { Actions } from "./actions";
import { Queued, usePlace } from "./queued";
import "./run.css";
import { type Content, useContent } from "./content";
import type { TabProps } from "./tab";
import { runWords } from "./words";

type Load = () => Promise<{ default: ComponentType<TabProps> }>;

const TABS: readonly { id: string; load: Load; there: (content: Content) => boolean }[] = [
  { id: "details", load: async () => ({ default: (await import("./details")).DetailsTab }), there: () => true },
  { id: "metrics", load: async () => ({ default: (await import("./metrics")).MetricsTab }), there: () => true },
  {
    id: "images",
    load: async () => ({ default: (await import("./images")).ImagesTab }),
    there: (content) => content.images,
  },
  {
    id: "children",
    load: async () => ({ default: (await import("./children")).ChildrenTab }),
    there: (content) => content.children > 0,
  },
  { id: "outputs", load: async () => ({ default: (await import("./outputs")).OutputsTab }), there: () => true },
  {
    id: "snapshot",
    load: async () => ({ default: (await import("./snapshot")).SnapshotTab }),
    there: (content) => content.snapshot,
  },
  {
    id: "monitoring",
    load: async () => ({ default: (await import("./monitoring")).MonitoringTab }),
    there: (content) => content.system,
  },
  { id: "raw", load: async () => ({ default: (await import("./raw")).RawTab }), there: () => true },
];

const RETRY_MS = 3_000;

function part(tab: string | undefined, otherwise: string) {
  return TABS.find((each) => each.id === tab) ?? TABS.find((each) => each.id === otherwise)!;
}

export default function RunPage({ at }: { at: readonly string[] }) {
  const id = at[0] ?? "";
  const [resting, rest] = useState(false);
  const found = useCall("/runs:get", resting ? null : { run_id: id }, ofRun(id, "run", "deleted", "jobs"));
  const { data: run, failure } = found.value;
  const gone = failure?.status === 404 || failure?.status === 410;
  const lost = failure && !gone && !run;
  // Whatever else went wrong may pass: who lets go of an answer and takes it up again asks anew.
  useEffect(() => {
    const timer = lost ? setTimeout(() => rest(true), RETRY_MS) : 0;
    rest(false);
    return () => clearTimeout(timer);
  }, [lost, resting]);
  const say = runWords();
  // Its part is fetched while the run is; where that fails, who shows it asks again and tells.
  useMemo(
    () =>
      part(at[1], "metrics")
        .load()
        .catch(() => null),
    [at[1]],
  );
  if (!run || gone)
    return (
      <Page crumbs={[{ label: say.experiments, href: address(["experiments"]) }, { label: id }]}>
        {lost && <FailureNote failure={failure} />}
        {gone && (
          <div class="empty">
            <h2>{say.notFound}</h2>
            <p>{say.notFoundText(id)}</p>
            <a class="link" href={address(["runs"])}>
              {say.allRuns}
            </a>
          </div>
        )}
      </Page>
    );
  return <Shown key={run.run_id} run={run} tab={at[1]} />;
}

function Shown({ run, tab }: { run: Run; tab: string | undefined }) {
  const say = runWords();
  const content = useContent(run);
  // A failed run opens on why it failed, the others on what they logged.
  const [first] = useState(run.status === "Failed" || run.status === "NotResponding" ? "details" : "metrics");
  const here = part(tab, first);
  const shown = TABS.filter((each) => each === here || each.there(content));
  const words = say as unknown as Record<string, string>;
  const keys = useMemo(
    () =>
      shown.slice(0, 9).map((each, index) => ({
        keys: String(index + 1),
        does: words[each.id] ?? each.id,
        run: () => go(address(placeOf(run, each.id))),
      })),
    [shown.map((each) => each.id).join(), say],
  );
  useKeys(nameOf(run), keys);
  const counts: Record<string, number | undefined> = { children: content.children || undefined };
  return (
    <Page
      crumbs={[
        { label: say.experiments, href: address(["experiments"]) },
        { label: run.experiment, href: address(["experiments", run.experiment]) },
        {
          label: nameOf(run),
          rename: {
            what: say.name,
            keep: (display_name) =>
              attempt(() => call("/runs:update", { run_id: run.run_id, display_name: display_name || null })),
          },
        },
      ]}
      beside={<Standing run={run} />}
      actions={<Actions run={run} tab={here.id} />}
      ended={ENDED.has(run.status)}
    >
      <Tabs
        label={say.tabs}
        here={here.id}
        tabs={shown.map((each) => ({
          id: each.id,
          label: words[each.id] ?? each.id,
          href: address(placeOf(run, each.id)),
          count: counts[each.id] === undefined ? undefined : count(counts[each.id]!),
        }))}
      />
      {here.id === "metrics" && run.status === "Queued" && !content.metrics ? (
        <Queued run={run} />
      ) : (
        <Later key={here.id} load={here.load} with={{ run }} />
      )}
    </Page>
  );
}

/** Status and time, or the place in the queue, in one line beside the name. */
function Standing({ run }: { run: Run }) {
  return (
    <span class="standing">
      <Status status={run.status} />
      {run.started_at && <Elapsed from={run.started_at} to={run.ended_at} />}
      <span class="dim">{usePlace(run)}</span>
    </span>
  );
}
