/** Images that lie among the outputs of a run without having been logged. */
import { useState } from "preact/hooks";
import { ofRun, useCall } from "../../api/cache";
import { placeOf, type Run } from "../../api/run";
import { address } from "../../base/place";
import { Picture } from "./picture";
import { mediaWords } from "./words";

const PAGE = 60;
/** So many files are looked through. */
const LISTED = 1_000;

interface Props {
  run: Run;
  /** Those seen above. */
  logged: ReadonlySet<string>;
}

export function ImageFiles({ run, logged }: Props) {
  const say = mediaWords();
  const [shown, setShown] = useState(PAGE);
  const ask = { run_id: run.run_id, prefix: "outputs/", limit: LISTED };
  const found = useCall("/artifacts:list", ask, ofRun(run.run_id, "files")).value.data;
  const files = (found?.artifacts ?? []).filter(
    (file) => file.media_type.startsWith("image/") && !logged.has(file.path),
  );
  if (!files.length) return null;
  return (
    <section aria-label={say.files}>
      <div class="image-head">
        <h2>{say.files}</h2>
        <span class="dim">{say.filesCount(files.length)}</span>
      </div>
      <div class="image-grid">
        {files.slice(0, shown).map((file) => (
          <a
            key={file.path}
            class="panel image-file"
            title={file.path}
            href={address(placeOf(run, "outputs"), { file: file.path })}
          >
            <Picture run={run.run_id} path={file.path} alt={file.path} />
            <span class="cut">{file.path.slice("outputs/".length)}</span>
          </a>
        ))}
      </div>
      {files.length > shown && (
        <div class="bar">
          <button type="button" class="button" onClick={() => setShown(shown + PAGE)}>
            {say.more(Math.min(PAGE, files.length - shown))}
          </button>
        </div>
      )}
    </section>
  );
}
