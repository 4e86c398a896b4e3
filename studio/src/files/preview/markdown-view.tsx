/** A Markdown file, set or as its source. */
import { useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { CodeBody } from "../code/code-view";
import { addressOf, decoded, useContent } from "../content";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";
import { besideOf, Markdown } from "./markdown";

export function MarkdownView({ run, file }: PreviewProps) {
  const say = filesWords();
  const [asText, setAsText] = useState(false);
  const { found: text, failure } = useContent(run, file, 2_000_000, decoded);
  const picture = (name: string) => {
    const path = besideOf(file.path, name);
    return path && addressOf(run, path);
  };
  const controls = (
    <>
      <button type="button" class="button quiet" aria-pressed={!asText} onClick={() => setAsText(false)}>
        {say.rendered}
      </button>
      <button type="button" class="button quiet" aria-pressed={asText} onClick={() => setAsText(true)}>
        {say.source}
      </button>
    </>
  );
  return (
    <Frame run={run} file={file} controls={controls}>
      {failure && <FailureNote failure={failure} />}
      {text !== undefined &&
        (asText ? (
          <CodeBody text={text} ending="md" label={file.path} />
        ) : (
          <div class="scroll">
            <Markdown text={text} picture={picture} />
          </div>
        ))}
    </Frame>
  );
}
