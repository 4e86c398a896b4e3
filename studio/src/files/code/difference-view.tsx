/** A difference as lines with their numbers on both sides, a sign and a colour; equal stretches are folded. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Words } from "./code-view";
import { type DiffRow, folded, nextSpan, type Part, type Span } from "./difference";
import "./difference.css";
import type { Word } from "./line";
import { codeWords } from "./words";

/** Folded lines that are opened at once. */
const STEP = 40;
/** Rows that are drawn before somebody asks for more. */
const PAGE = 2_000;
const SIGNS = { same: "", add: "+", remove: "−", head: "" } as const;

interface Props {
  rows: readonly DiffRow[];
  label: string;
  /** The pieces of a row's text with their colours; without, it has none. */
  wordsOf?: (row: DiffRow) => readonly Word[] | undefined;
}

export function DifferenceView({ rows, label, wordsOf }: Props) {
  const say = codeWords();
  const [opened, setOpened] = useState<readonly Span[]>([]);
  const [most, setMost] = useState(PAGE);
  const parts = useMemo(() => folded(rows, opened), [rows, opened]);
  const open = (span: Span) => setOpened([...opened, span]);
  const body: ComponentChildren[] = [];
  let left = most;
  for (const part of parts) {
    if (part.folded) body.push(<Fold key={`fold ${part.from}`} part={part} onOpen={open} />);
    else {
      for (const row of rows.slice(part.from, Math.min(part.end, part.from + left)))
        body.push(<Row key={`${row.kind} ${row.old} ${row.now} ${body.length}`} row={row} words={wordsOf?.(row)} />);
      left -= part.end - part.from;
    }
    if (left < 0) break;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="difference" tabIndex={0} aria-label={label}>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">{say.oldLine}</th>
            <th scope="col">{say.nowLine}</th>
            <th scope="col">{label}</th>
          </tr>
        </thead>
        <tbody>{body}</tbody>
      </table>
      {left < 0 && (
        <button type="button" class="button difference-more" onClick={() => setMost(most + PAGE)}>
          {say.more(PAGE)}
        </button>
      )}
    </section>
  );
}

function Row({ row, words }: { row: DiffRow; words: readonly Word[] | undefined }) {
  // A line's end of Windows is nothing one sees, and may be all that differs.
  const hasReturn = row.kind !== "same" && row.text.endsWith("\r");
  return (
    <tr class={`difference-${row.kind}`}>
      <td class="difference-number">{row.old}</td>
      <td class="difference-number">{row.now}</td>
      <td class="difference-text">
        <span class="difference-sign">{SIGNS[row.kind]}</span>
        {words ? <Words words={words} /> : row.text}
        {hasReturn && <span class="dim">␍</span>}
        {row.isOpen && row.kind !== "same" && <span class="difference-end"> ({codeWords().noEnd})</span>}
      </td>
    </tr>
  );
}

function Fold({ part, onOpen }: { part: Part; onOpen: (span: Span) => void }) {
  const say = codeWords();
  const lines = part.end - part.from;
  return (
    <tr class="difference-fold">
      <td colSpan={3}>
        <span class="difference-folded">
          <button type="button" class="button quiet" onClick={() => onOpen(nextSpan(part, STEP))}>
            {say.show(Math.min(STEP, lines))}
          </button>
          {lines > STEP && (
            <>
              <button type="button" class="button quiet" onClick={() => onOpen([part.from, part.end])}>
                {say.showAll}
              </button>
              <span>{say.equalLines(lines)}</span>
            </>
          )}
        </span>
      </td>
    </tr>
  );
}
