/** What to do where there is no run yet: three lines of Python to copy. */
import { Snippet } from "../ui/snippet";

interface Props {
  title: string;
  text: string;
  experiment?: string;
}

export function FirstRun({ title, text, experiment = "my-experiment" }: Props) {
  const code = `from runwatch import Experiment, Workspace
run = Experiment(Workspace.from_config(), ${JSON.stringify(experiment)}).start_logging()
run.log("loss", 0.25); run.complete()`;
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{text}</p>
      <Snippet code={code} />
    </div>
  );
}
