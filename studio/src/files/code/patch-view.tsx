/** What was changed since the last commit when a run was submitted. */
import { FailureNote } from "../../ui/failure";
import { decoded, useContent } from "../content";
import { Frame, type PreviewProps, TooLarge } from "../preview/frame";
import { DifferenceView } from "./difference-view";
import { patchRows } from "./patch";
import { codeWords } from "./words";

const MOST_BYTES = 5_000_000;

export function PatchView({ run, file }: PreviewProps) {
  const { found, failure } = useContent(run, file, MOST_BYTES, (bytes) => patchRows(decoded(bytes)));
  if (file.size_bytes > MOST_BYTES) return <TooLarge run={run} file={file} most={MOST_BYTES} />;
  return (
    <Frame run={run} file={file}>
      {failure && <FailureNote failure={failure} />}
      {found && <DifferenceView rows={found} label={codeWords().uncommitted} />}
    </Frame>
  );
}
