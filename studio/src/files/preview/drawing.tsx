/** A drawing (SVG): as a picture, in which no script runs and nothing is loaded, or as its source. */
import { useEffect, useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { CodeBody } from "../code/code-view";
import { decoded, useContent } from "../content";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";
import { Picture, useZoom, ZoomControls } from "./image";

export function DrawingView({ run, file }: PreviewProps) {
  const say = filesWords();
  const zoom = useZoom();
  const [asText, setAsText] = useState(false);
  const [source, setSource] = useState<string | null>(null);
  const { found, failure } = useContent(run, file, 5_000_000, decoded);
  useEffect(() => {
    if (found === undefined) return;
    const url = URL.createObjectURL(new Blob([found], { type: "image/svg+xml" }));
    setSource(url);
    return () => URL.revokeObjectURL(url);
  }, [found]);
  const controls = (
    <>
      <button type="button" class="button quiet" aria-pressed={!asText} onClick={() => setAsText(false)}>
        {say.picture}
      </button>
      <button type="button" class="button quiet" aria-pressed={asText} onClick={() => setAsText(true)}>
        {say.source}
      </button>
      {!asText && <ZoomControls zoom={zoom} />}
    </>
  );
  return (
    <Frame run={run} file={file} controls={controls}>
      {failure && <FailureNote failure={failure} />}
      {asText && found !== undefined && <CodeBody text={found} ending="xml" label={file.path} />}
      {/* Once it is drawn its address leads nowhere: nobody can open it as a page of the studio. */}
      {!asText && source && (
        <Picture key={source} source={source} name={file.path} zoom={zoom} onLoad={() => URL.revokeObjectURL(source)} />
      )}
    </Frame>
  );
}
