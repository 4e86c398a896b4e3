/** One compute target: the runs that wait or run on it (ended ones have left it), its nodes, its queue. */
import { ofKind, useCall } from "../../api/cache";
import type { Schemas } from "../../api/call";
import { ACTIVE, nameOf, placeOf, type Run } from "../../api/run";
import { count } from "../../base/number";
import { address } from "../../base/place";
import { Moment } from "../../ui/moment";
import { Page } from "../../ui/page";
import { placeInQueue } from "../../ui/queue";
import { useRunCount } from "../../ui/run-count";
import { RunList } from "../../ui/run-list";
import { Tabs } from "../../ui/tabs";
import { PAGE, useJobs } from "./jobs";
import { computeWords } from "./words";

type Job = Schemas["Job"];

export function Cluster({ name, tab }: { name: string; tab: string }) {
  const say = computeWords();
  const targets = useCall("/targets:list", { name }, ofKind("jobs")).value;
  const { jobs: working } = useJobs(name, "leased");
  const waiting = useJobs(name, "queued");
  const { jobs: queued } = waiting;
  const changed = ofKind("run", "jobs", "deleted");
  const active = { target: name, statuses: [...ACTIVE] };
  const runs = useCall("/runs:list", { ...active, limit: PAGE }, changed).value.data?.runs;
  const number = useRunCount(active, changed);
  const target = targets.data?.targets[0];
  const crumbs = [{ label: say.compute, href: address(["compute"]) }, { label: name }];
  if (!target) return <Page crumbs={crumbs}>{targets.data && <div class="empty">{say.unknown}</div>}</Page>;
  const byRun = new Map((runs ?? []).map((run) => [run.run_id, run]));
  const places = new Map(queued.map((job) => [job.run_id, job.position]));
  const href = (part: string) => address(["compute", "clusters", name, part]);
  return (
    <Page crumbs={crumbs} beside={<span class="dim small">{say.slotsOf(working.length, target.slots)}</span>}>
      <Tabs
        label={say.parts}
        here={tab}
        tabs={[
          { id: "runs", label: say.runs, href: href("runs"), count: number === undefined ? undefined : count(number) },
          { id: "nodes", label: say.nodes, href: href("nodes"), count: target.slots },
          { id: "queue", label: say.queue, href: href("queue"), count: waiting.number },
        ]}
      />
      <Waiting queued={queued} working={working} slots={target.slots} />
      <div class="scroll">
        {tab === "nodes" ? (
          <Nodes slots={target.slots} working={working} runs={byRun} />
        ) : tab === "queue" ? (
          <Queue queued={queued} runs={byRun} />
        ) : runs?.length === 0 ? (
          <div class="empty">{say.noRuns}</div>
        ) : (
          <RunList
            runs={runs ?? []}
            label={say.runs}
            target={false}
            more={{
              name: say.queue,
              of: (run) => {
                const place = places.get(run.run_id);
                return place === undefined ? "" : placeInQueue(place);
              },
            }}
          />
        )}
        {(tab === "queue" ? waiting.more : tab === "runs" && number! > PAGE) && (
          <p class="empty">{say.first(count(PAGE))}</p>
        )}
      </div>
    </Page>
  );
}

/** After so long a free slot should have been filled. */
const LATE_S = 15;

function Waiting({ queued, working, slots }: { queued: readonly Job[]; working: readonly Job[]; slots: number }) {
  const oldest = Math.min(...queued.map((job) => job.queued_at));
  const late = queued.length > 0 && working.length < slots && Date.now() / 1000 - oldest > LATE_S;
  return late ? <div class="failure">{computeWords().late}</div> : null;
}

function RunLink({ run, id }: { run: Run | undefined; id: string }) {
  return (
    <a class="strong" href={address(run ? placeOf(run) : ["runs", id])}>
      {run ? nameOf(run) : id}
    </a>
  );
}

interface Listed {
  runs: ReadonlyMap<string, Run>;
}

/** A node is a slot: the machine's own have no names. */
function Nodes({ slots, working, runs }: Listed & { slots: number; working: readonly Job[] }) {
  const say = computeWords();
  return (
    <table class="plain" aria-label={say.nodes}>
      <thead>
        <tr>
          <th scope="col">{say.node}</th>
          <th scope="col">{say.state}</th>
          <th scope="col">{say.runs}</th>
          <th scope="col">{say.agent}</th>
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: Math.max(slots, working.length) }, (_, index) => {
          const job = working[index];
          return (
            <tr key={index}>
              <td>{index + 1}</td>
              <td>
                <span class={`status ${job ? "status-run" : "status-wait"}`}>
                  <span aria-hidden="true">{job ? "●" : "○"}</span>
                  {job ? say.working : say.idle}
                </span>
              </td>
              <td>{job && <RunLink run={runs.get(job.run_id)} id={job.run_id} />}</td>
              <td class="dim">{job?.agent}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Queue({ queued, runs }: Listed & { queued: readonly Job[] }) {
  const say = computeWords();
  if (!queued.length) return <div class="empty">{say.noQueue}</div>;
  return (
    <table class="plain" aria-label={say.queue}>
      <thead>
        <tr>
          <th scope="col" class="num">
            {say.place}
          </th>
          <th scope="col">{say.runs}</th>
          <th scope="col" class="num">
            {say.priority}
          </th>
          <th scope="col">{say.queued}</th>
        </tr>
      </thead>
      <tbody>
        {queued.map((job) => (
          <tr key={job.job_id}>
            <td class="num">{job.position}</td>
            <td>
              <RunLink run={runs.get(job.run_id)} id={job.run_id} />
            </td>
            <td class="num">{job.priority}</td>
            <td>
              <Moment at={job.queued_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
