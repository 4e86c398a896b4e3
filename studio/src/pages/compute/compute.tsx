/** Compute targets: all of them with how busy they are, or one with its runs, nodes and queue. */
import { ofKind, useCall } from "../../api/cache";
import type { Schemas } from "../../api/call";
import { address } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Moment } from "../../ui/moment";
import { Page } from "../../ui/page";
import { Cluster } from "./cluster";
import { useJobs } from "./jobs";
import { computeWords } from "./words";

export default function Compute({ at }: { at: readonly string[] }) {
  if (at[0] === "clusters" && at[1] !== undefined) return <Cluster name={at[1]} tab={at[2] ?? "runs"} />;
  return <Targets />;
}

function Targets() {
  const say = computeWords();
  const found = useCall("/targets:list", {}, ofKind("jobs"));
  const { data, failure } = found.value;
  return (
    <Page crumbs={[{ label: say.compute }]}>
      {failure && <FailureNote failure={failure} />}
      <div class="scroll">
        <table class="plain" aria-label={say.compute}>
          <thead>
            <tr>
              <th scope="col">{say.name}</th>
              <th scope="col">{say.backend}</th>
              <th scope="col" class="num">
                {say.slots}
              </th>
              <th scope="col" class="num">
                {say.busy}
              </th>
              <th scope="col" class="num">
                {say.waiting}
              </th>
              <th scope="col">{say.created}</th>
            </tr>
          </thead>
          <tbody>
            {data?.targets.map((target) => (
              <TargetRow key={target.name} target={target} />
            ))}
          </tbody>
        </table>
      </div>
    </Page>
  );
}

function TargetRow({ target }: { target: Schemas["Target"] }) {
  return (
    <tr>
      <td>
        <a class="strong" href={address(["compute", "clusters", target.name])}>
          {target.name}
        </a>
      </td>
      <td>{target.backend}</td>
      <td class="num">{target.slots}</td>
      <td class="num">{useJobs(target.name, "leased").number}</td>
      <td class="num">{useJobs(target.name, "queued").number}</td>
      <td>
        <Moment at={target.created_at} />
      </td>
    </tr>
  );
}
