/** All experiments of the workspace, and all its runs. */
import { address } from "../../base/place";
import { FirstRun } from "../../table/first-run";
import { RunsView, useRoom } from "../../table/runs-view";
import { Page } from "../../ui/page";
import { Tabs } from "../../ui/tabs";
import { ExperimentList } from "./list";
import { experimentsWords } from "./words";

export default function Experiments({ at }: { at: readonly string[] }) {
  const say = experimentsWords();
  const here = at[0] === "runs" ? "runs" : "experiments";
  return (
    <Page crumbs={[{ label: say.title }]}>
      <Tabs
        label={say.tabs}
        here={here}
        tabs={[
          { id: "experiments", label: say.all, href: address(["experiments"]) },
          { id: "runs", label: say.runs, href: address(["runs"]) },
        ]}
      />
      {here === "runs" ? <AllRuns /> : <ExperimentList />}
    </Page>
  );
}

function AllRuns() {
  const say = experimentsWords();
  const room = useRoom(null);
  return room && <RunsView room={room} empty={<FirstRun title={say.noRuns} text={say.noRunsText} />} />;
}
