/** Two versions of a file as one text of what went and came, and patches. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { Failure } from "../../api/call";
import { number } from "../../base/number";
import { FailureNote } from "../../ui/failure";
import { decoded, read, useContent } from "../content";
import { isText } from "../preview/kind";
import { Rows } from "../rows";
import { compared, folded, patchLines } from "./diff";
import "./diff.css";
import { snapshotWords } from "./words";

const ROW = 18;
const MOST_BYTES = 2_000_000;

/** A file of a snapshot; null if that one has none. */
export interface Side {
  run: string;
  path: string;
}

type Texts = [before: string, after: string] | "binary";

async function textsOf(sides: readonly (Side | null)[], signal: AbortSignal): Promise<Texts> {
  const bytes = await Promise.all(
    sides.map((side) => (side ? read(side.run, `snapshot/${side.path}`, MOST_BYTES, signal) : new Uint8Array())),
  );
  if (!bytes.every(isText)) return "binary";
  return bytes.map(decoded) as [string, string];
}

export function FileDiff({ before, after, label }: { before: Side | null; after: Side | null; label: string }) {
  const say = snapshotWords();
  const [texts, setTexts] = useState<Texts | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    textsOf([before, after], stop.signal).then(setTexts, (error) => {
      if (stop.signal.aborted) return;
      setFailure(error instanceof Failure ? error : new Failure(0, "error", String(error)));
    });
    return () => stop.abort();
  }, [before?.run, after?.run, label]);
  if (failure) return <FailureNote failure={failure} />;
  if (texts === "binary") return <p class="empty">{say.binary}</p>;
  return texts && <Lines texts={texts} label={label} />;
}

function Lines({ texts, label }: { texts: [string, string]; label: string }) {
  const say = snapshotWords();
  const lines = useMemo(() => compared(...texts), [texts]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => folded(lines, open), [lines, open]);
  const digits = Math.max(3, String(lines.length).length);
  const widest = lines.reduce((most, line) => Math.max(most, line.text.length), 0);
  const sign = { same: " ", added: "+", removed: "−" };
  if (rows.every((row) => row.kind === "same" || row.kind === "fold") && !open.size)
    return <p class="empty">{say.onlyRights}</p>;
  return (
    <Rows
      class="code diff"
      count={rows.length}
      rowHeight={ROW}
      width={`max(100%, calc(${widest + 2 * digits}ch + 80px))`}
      attributes={{ tabIndex: 0, role: "region", "aria-label": label }}
    >
      {(index) => {
        const row = rows[index]!;
        if (row.kind === "fold")
          return (
            <div key={index} class="diff-line diff-fold">
              <button type="button" onClick={() => setOpen(new Set(open).add(row.from))}>
                ⋯ {say.folded(row.lines)}
              </button>
            </div>
          );
        return (
          <div key={index} class={`diff-line diff-${row.kind}`}>
            <span class="diff-number" style={{ width: `${digits + 2}ch` }}>
              {row.before === null ? "" : number(row.before)}
            </span>
            <span class="diff-number" style={{ width: `${digits + 2}ch` }}>
              {row.after === null ? "" : number(row.after)}
            </span>
            <span class="diff-sign">{sign[row.kind]}</span>
            <span>{row.text}</span>
          </div>
        );
      }}
    </Rows>
  );
}

/** What differed from the commit when the run was submitted. */
export function Patch({ run, file }: { run: string; file: { path: string; changed_at: number } }) {
  const { found, failure } = useContent(run, file, 16 << 20, (bytes) => patchLines(decoded(bytes)));
  if (failure) return <FailureNote failure={failure} />;
  if (!found) return null;
  const widest = found.reduce((most, line) => Math.max(most, line.text.length), 0);
  return (
    <Rows
      class="code diff"
      count={found.length}
      rowHeight={ROW}
      width={`max(100%, calc(${widest}ch + 48px))`}
      attributes={{ tabIndex: 0, role: "region", "aria-label": file.path }}
    >
      {(index) => (
        <div key={index} class={`diff-line diff-patch diff-${found[index]!.kind}`}>
          {found[index]!.text}
        </div>
      )}
    </Rows>
  );
}
