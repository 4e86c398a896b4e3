/** Source code: numbered lines with colours, of which those seen are drawn. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { decoded, useContent } from "../content";
import { Frame, type PreviewProps } from "../preview/frame";
import { endingOf } from "../preview/kind";
import { Rows, type RowsHandle } from "../rows";
import { filesWords } from "../words";
import "./code.css";
import { bare, type Word } from "./line";
import type { Marks } from "./marks";

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

interface BodyProps {
  text: string;
  ending: string;
  label: string;
  /** Lines that are marked, and what makes numbers links that mark. */
  marking?: Marking;
}

export interface Marking {
  marks: Marks | null;
  hrefOf: (line: number) => string;
  /** A number was pressed; with Shift, a range is meant. */
  onPress: (line: number, isRange: boolean) => void;
}

/** Lines that stay above one that is gone to. */
const ABOVE = 4;

export function CodeBody({ text, ending, label, marking }: BodyProps) {
  const lines = useLines(text, ending);
  const handle = useRef<RowsHandle>(null);
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
  const marks = marking?.marks ?? null;
  const isOwn = useRef(false);
  useEffect(() => {
    // What was pressed is seen already.
    if (!marks || isOwn.current) return;
    const first = Math.min(marks.first, count) - 1;
    // The list measures itself first.
    const frame = requestAnimationFrame(() => {
      const list = handle.current;
      list?.reveal(Math.min(count - 1, first + Math.floor(list.page() / 2)));
      list?.reveal(Math.max(0, first - ABOVE));
    });
    return () => cancelAnimationFrame(frame);
  }, [text, marks?.first, marks?.last]);
  useEffect(() => {
    isOwn.current = false;
  });
  const ownMarking = marking && {
    ...marking,
    onPress: (line: number, isRange: boolean) => {
      isOwn.current = true;
      marking.onPress(line, isRange);
    },
  };
  return (
    <Rows
      class="code"
      count={count}
      rowHeight={ROW}
      handle={handle}
      width={`max(100%, calc(${widest + numbers}ch + 64px))`}
      attributes={{ tabIndex: 0, role: "region", "aria-label": label, style: { "--numbers": `${numbers}ch` } }}
    >
      {(index) => <Line key={index} number={index + 1} words={lines[index]!} marking={ownMarking} />}
    </Rows>
  );
}

function Line({ number, words, marking }: { number: number; words: readonly Word[]; marking: Marking | undefined }) {
  const marks = marking?.marks;
  const isMarked = marks != null && number >= marks.first && number <= marks.last;
  return (
    <div class={isMarked ? "code-line marked" : "code-line"} aria-current={isMarked || undefined}>
      {marking ? (
        <a
          class="code-number"
          href={marking.hrefOf(number)}
          tabIndex={-1}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            marking.onPress(number, event.shiftKey);
          }}
        >
          {number}
        </a>
      ) : (
        <span class="code-number">{number}</span>
      )}
      <span>
        <Words words={words} />
        {"\n"}
      </span>
    </div>
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
