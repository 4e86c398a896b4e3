/** Source code: numbered lines with colours, of which those seen are drawn. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { decoded, useContent } from "../content";
import { endingOf } from "../preview/kind";
import { Frame, type PreviewProps } from "../preview/preview";
import { Rows } from "../rows";
import { filesWords } from "../words";
import "./code.css";
import { bare, type Word } from "./line";

const ROW = 18;
/** Longer texts are shown without colours: finding them takes a second for each megabyte. */
const COLOURED_CHARS = 500_000;
const MOST_BYTES = 2_000_000;

export function CodeView({ run, file }: PreviewProps) {
  const { found, failure } = useContent(run, file, MOST_BYTES, decoded);
  return (
    <Frame run={run} file={file}>
      {failure && <FailureNote failure={failure} />}
      {found !== undefined && <CodeBody text={found} ending={endingOf(file.path)} label={file.path} />}
    </Frame>
  );
}

/** A page (HTML) as its source. */
export function PageView({ run, file }: PreviewProps) {
  const { found, failure } = useContent(run, file, MOST_BYTES, decoded);
  return (
    <Frame run={run} file={file}>
      <p class="view-note">{filesWords().htmlSource}</p>
      {failure && <FailureNote failure={failure} />}
      {found !== undefined && <CodeBody text={found} ending="html" label={file.path} />}
    </Frame>
  );
}

/** The lines of a text, with colours as soon as they are found. */
export function useLines(text: string, ending: string): Word[][] {
  const plain = useMemo(() => bare(text.replaceAll("\r\n", "\n")), [text]);
  const [coloured, setColoured] = useState<{ of: Word[][]; lines: Word[][] } | null>(null);
  useEffect(() => {
    if (!ending || text.length > COLOURED_CHARS) return;
    let there = true;
    import("./highlight").then(({ highlighted }) => {
      if (there) setColoured({ of: plain, lines: highlighted(text.replaceAll("\r\n", "\n"), ending) });
    });
    return () => {
      there = false;
    };
  }, [plain, ending]);
  return coloured?.of === plain ? coloured.lines : plain;
}

export function Words({ words }: { words: readonly Word[] }) {
  return (
    <>
      {words.map((word, index) =>
        word.kind ? (
          <span key={index} class={word.kind}>
            {word.text}
          </span>
        ) : (
          word.text
        ),
      )}
    </>
  );
}

export function CodeBody({ text, ending, label }: { text: string; ending: string; label: string }) {
  const lines = useLines(text, ending);
  const count = lines.length > 1 && !lines[lines.length - 1]!.length ? lines.length - 1 : lines.length;
  const numbers = Math.max(3, String(count).length);
  const widest = useMemo(
    () =>
      lines.reduce(
        (most, words) =>
          Math.max(
            most,
            words.reduce((sum, word) => sum + word.text.length, 0),
          ),
        0,
      ),
    [lines],
  );
  return (
    <Rows
      class="code"
      count={count}
      rowHeight={ROW}
      width={`max(100%, calc(${widest + numbers}ch + 64px))`}
      attributes={{ tabIndex: 0, role: "region", "aria-label": label, style: { "--numbers": `${numbers}ch` } }}
    >
      {(index) => (
        <div key={index} class="code-line">
          <span class="code-number">{index + 1}</span>
          <span>
            <Words words={lines[index]!} />
            {"\n"}
          </span>
        </div>
      )}
    </Rows>
  );
}

/** A short piece of code within something else. */
export function Coloured({ text, ending }: { text: string; ending: string }) {
  const lines = useLines(text, ending);
  return (
    <>
      {lines.map((words, index) => (
        <span key={index}>
          {index > 0 && "\n"}
          <Words words={words} />
        </span>
      ))}
    </>
  );
}
