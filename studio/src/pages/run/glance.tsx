/** A run at a glance, beside a table: the charts of its first metrics, and the end of its log. */
import { ofRun, useAnswer } from "../../api/cache";
import { call } from "../../api/call";
import { placeOf, type Run } from "../../api/run";
import { address } from "../../base/place";
import type { GlanceProps } from "../../ui/glance";
import { Later } from "../../ui/later";
import { logsOf } from "./log-place";
import "./glance.css";
import { runWords } from "./words";

/** Lines of the log. */
const LINES = 12;

const charts = async () => ({ default: (await import("./metrics")).FewCharts });

export default function Glance(props: GlanceProps) {
  return (
    <>
      {props.names.length > 0 && <Later load={charts} with={props} />}
      <LogEnd run={props.run} />
    </>
  );
}

async function endOf(run_id: string) {
  const [path] = await logsOf(run_id);
  if (path === undefined) return null;
  const [{ plain }, { lines, state }] = await Promise.all([
    import("../../files/log/ansi"),
    call("/logs:read", { run_id, path, first: -LINES, count: LINES }),
  ]);
  return { path, text: lines.map((line) => plain(line.text)).join("\n"), lines: state.lines };
}

function LogEnd({ run }: { run: Run }) {
  const say = runWords();
  const { run_id } = run;
  const end = useAnswer(`log end ${run_id}`, () => endOf(run_id), ofRun(run_id, "files")).value.data;
  if (!end?.lines) return null;
  return (
    <section>
      <h3>
        <a class="link" href={address(placeOf(run, "outputs"), { file: end.path, line: String(end.lines) })}>
          {say.logEnd}
        </a>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre class="log-end" tabIndex={0}>
        {end.text}
      </pre>
    </section>
  );
}
