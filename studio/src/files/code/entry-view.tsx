/** A file of a snapshot: text with numbered lines that can be marked, a picture, or else its first bytes. */
import { useMemo } from "preact/hooks";
import { useCall } from "../../api/cache";
import { address, ask, parts, query } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { decoded, useContent } from "../content";
import { DrawingView } from "../preview/drawing";
import { Frame, type PreviewProps, TooLarge } from "../preview/frame";
import { HexView } from "../preview/hex";
import { ImageView } from "../preview/image";
import { endingOf, isText, kindOf } from "../preview/kind";
import { CodeBody, type Marking } from "./code-view";
import { artifactOf, type Entry } from "./manifest";
import { type Marks, marksOf, marksText, pressed } from "./marks";
import { codeWords } from "./words";

const MOST_BYTES = 2_000_000;

export function EntryView({ run, entry }: { run: string; entry: Entry }) {
  const path = artifactOf(entry.path);
  const found = useCall("/artifacts:get", entry.target === null ? { run_id: run, path } : null).value;
  if (entry.target !== null) return <p class="empty">{codeWords().linkTo(entry.target)}</p>;
  if (found.failure) return <FailureNote failure={found.failure} />;
  if (!found.data) return null;
  const props = { run, file: found.data };
  const kind = kindOf(path, found.data.media_type);
  if (kind === "image") return <ImageView {...props} />;
  if (kind === "drawing") return <DrawingView {...props} />;
  if (entry.size_bytes > MOST_BYTES) return <TooLarge {...props} most={MOST_BYTES} />;
  return <TextView {...props} name={entry.path} />;
}

function TextView({ run, file, name }: PreviewProps & { name: string }) {
  const { found, failure } = useContent(run, file, MOST_BYTES, (bytes) => (isText(bytes) ? decoded(bytes) : null));
  const line = query.value.get("line");
  const marks = useMemo(() => marksOf(line), [line]);
  if (found === null) return <HexView run={run} file={file} />;
  const marking: Marking = {
    marks,
    hrefOf: (number) => address(parts.value, { ...Object.fromEntries(query.value), file: name, line: String(number) }),
    onPress: (number, isRange) => mark(name, pressed(marks, number, isRange)),
  };
  return (
    <Frame run={run} file={file} controls={<Lines file={name} marks={marks} />}>
      {failure && <FailureNote failure={failure} />}
      {found !== undefined && <CodeBody text={found} ending={endingOf(name)} label={name} marking={marking} />}
    </Frame>
  );
}

function mark(file: string, marks: Marks | null): void {
  ask({ file, line: marks && marksText(marks) }, "replace");
}

/** Marks lines without a mouse. */
function Lines({ file, marks }: { file: string; marks: Marks | null }) {
  const say = codeWords();
  return (
    <label class="source-lines">
      {say.lines}
      <input
        class="field"
        key={marks ? marksText(marks) : ""}
        defaultValue={marks ? marksText(marks) : ""}
        placeholder={say.linesHint}
        onChange={(event) => mark(file, marksOf(event.currentTarget.value))}
      />
    </label>
  );
}
