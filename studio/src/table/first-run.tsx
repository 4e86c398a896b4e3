/** What to do where there is no run yet: some lines of Python to copy, which record into the workspace that is looked at. */
import { useAnswer } from "../api/cache";
import { read, type Schemas } from "../api/call";
import { Snippet } from "../ui/snippet";

interface Props {
  title: string;
  text: string;
  experiment?: string;
}

export function FirstRun({ title, text, experiment = "my-experiment" }: Props) {
  const info = useAnswer("info", () => read<Schemas["StoreInfo"]>("/info")).value.data;
  // From another machine it is found by its address, not by its folder.
  const near = /^(localhost|127\.|\[::1)/.test(location.hostname);
  const place = near ? info?.location : location.origin;
  const code = `from runwatch import Experiment, Workspace
workspace = Workspace.${place ? `open(${JSON.stringify(place)})` : "from_config()"}
run = Experiment(workspace, ${JSON.stringify(experiment)}).start_logging()
run.log("loss", 0.25); run.complete()`;
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{text}</p>
      <Snippet code={code} />
    </div>
  );
}
