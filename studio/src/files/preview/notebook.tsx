/** A notebook: its cells with their code, texts and pictures; nothing of it runs, and HTML of it stays text. */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { CodeBody, Coloured } from "../code/code-view";
import { addressOf, decoded, useContent } from "../content";
import { Ansi } from "../log/ansi-text";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";
import { besideOf, Markdown } from "./markdown";
import { type Cell, type Output, readNotebook } from "./notebook-file";
import "../log/ansi.css";

export function NotebookView({ run, file }: PreviewProps) {
  const say = filesWords();
  const { found: text, failure } = useContent(run, file, 20_000_000, decoded);
  const notebook = useMemo(() => (text === undefined ? undefined : readNotebook(text)), [text]);
  const picture = (cell: Cell) => (name: string) => {
    const attached = name.startsWith("attachment:") && cell.attachments[name.slice("attachment:".length)];
    if (attached) return attached;
    const path = besideOf(file.path, name);
    return path && addressOf(run, path);
  };
  return (
    <Frame run={run} file={file}>
      {failure && <FailureNote failure={failure} />}
      {notebook === null && <p class="view-note">{say.notJson}</p>}
      {notebook === null && text !== undefined && <CodeBody text={text} ending="json" label={file.path} />}
      {notebook && (
        <div class="scroll nb">
          {notebook.cells.map((cell, index) =>
            cell.kind === "markdown" ? (
              <Beside key={index} mark="">
                <Markdown text={cell.source} picture={picture(cell)} />
              </Beside>
            ) : (
              <div key={index}>
                <Beside mark={cell.kind === "code" ? say.cellIn(cell.count) : ""}>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
                  <pre class="nb-source" tabIndex={0}>
                    <Coloured text={cell.source} ending={cell.kind === "code" ? notebook.ending : ""} />
                  </pre>
                </Beside>
                {cell.outputs.map((output, place) => (
                  <Beside key={place} mark={output.count === undefined ? "" : say.cellOut(output.count)}>
                    <Shown output={output} name={`${file.path} ${index + 1}`} picture={picture(cell)} />
                  </Beside>
                ))}
              </div>
            ),
          )}
        </div>
      )}
    </Frame>
  );
}

function Beside({ mark, children }: { mark: string; children: ComponentChildren }) {
  return (
    <div class="nb-cell">
      <span class="nb-mark">{mark}</span>
      <div>{children}</div>
    </div>
  );
}

interface ShownProps {
  output: Output;
  name: string;
  picture: (name: string) => string | null;
}

function Shown({ output, name, picture }: ShownProps) {
  if (output.image)
    return (
      <div class="nb-output">
        <img src={output.image} alt={filesWords().imageOf(name)} loading="lazy" />
      </div>
    );
  if (output.markdown !== undefined) return <Markdown text={output.markdown} picture={picture} />;
  if (output.text !== undefined)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      <pre class="nb-text" tabIndex={0}>
        <Ansi text={output.text} />
      </pre>
    );
  return <p class="dim">{filesWords().noOutputView(output.kinds.join(", "))}</p>;
}
