/** What to do where there is no run yet: three lines of Python to copy. */
import { copy } from "../base/clipboard";
import { attempt, say as tell } from "../ui/toast";
import { uiWords } from "../ui/words";

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
      <pre>{code}</pre>
      <p>
        <button
          type="button"
          class="button"
          onClick={() => attempt(() => copy(code).then(() => tell(uiWords().copied)))}
        >
          {uiWords().copy}
        </button>
      </p>
    </div>
  );
}
