/** JSON as a tree that folds. */
import { useId, useMemo, useRef, useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { CodeBody } from "../code/code-view";
import { decoded, useContent } from "../content";
import { Rows, type RowsHandle } from "../rows";
import { treeKey } from "../tree-keys";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";
import { isGroup, type Json, type JsonRow, jsonRows, parseJson, sizeOf, Written } from "./json-tree";

const ROW = 20;
/** Characters of a text in its row; the whole is in the title. */
const SHOWN = 300;

export function JsonView({ run, file }: PreviewProps) {
  const say = filesWords();
  const { found: text, failure } = useContent(run, file, 5_000_000, decoded);
  const parsed = useMemo(() => (text === undefined ? undefined : parseJson(text)), [text]);
  const [asText, setAsText] = useState(false);
  const controls = parsed && (
    <>
      <button type="button" class="button quiet" aria-pressed={!asText} onClick={() => setAsText(false)}>
        {say.tree}
      </button>
      <button type="button" class="button quiet" aria-pressed={asText} onClick={() => setAsText(true)}>
        {say.raw}
      </button>
    </>
  );
  return (
    <Frame run={run} file={file} controls={controls}>
      {failure && <FailureNote failure={failure} />}
      {parsed === null && <p class="view-note">{say.notJson}</p>}
      {text !== undefined && (asText || parsed === null) && <CodeBody text={text} ending="json" label={file.path} />}
      {parsed && !asText && <Folded value={parsed.value} label={file.path} />}
    </Frame>
  );
}

function Folded({ value, label }: { value: Json; label: string }) {
  const id = useId();
  const handle = useRef<RowsHandle>(null);
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [at, setAt] = useState("");
  const rows = useMemo(() => jsonRows(value, turned), [value, turned]);
  const here = Math.max(
    0,
    rows.findIndex((row) => row.path === at),
  );
  const turn = (row: JsonRow, open: boolean) => setTurned(new Map(turned).set(row.path, open));
  const press = (row: JsonRow) => row.open !== undefined && turn(row, !row.open);
  const goTo = (index: number) => {
    setAt(rows[index]!.path);
    handle.current?.reveal(index);
  };
  return (
    <Rows
      class="json"
      count={rows.length}
      rowHeight={ROW}
      handle={handle}
      attributes={{
        role: "tree",
        tabIndex: 0,
        "aria-label": label,
        "aria-activedescendant": `${id}-${here}`,
        onKeyDown: (event: KeyboardEvent) =>
          treeKey(event, rows, here, handle.current?.page() ?? 1, {
            goTo,
            turn: (index, open) => turn(rows[index]!, open),
            press: (index) => press(rows[index]!),
          }),
      }}
    >
      {(index) => {
        const row = rows[index]!;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree listens to keys
          // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the row
          <div
            key={index}
            id={`${id}-${index}`}
            role="treeitem"
            class={index === here ? "json-row current" : "json-row"}
            style={{ paddingLeft: `${16 + row.depth * 16}px` }}
            aria-level={row.depth + 1}
            aria-posinset={row.place}
            aria-setsize={row.of}
            aria-selected={index === here}
            {...(row.open === undefined ? {} : { "aria-expanded": row.open })}
            onClick={() => {
              setAt(row.path);
              press(row);
            }}
          >
            <span class="json-sign" aria-hidden="true">
              {row.open === undefined ? "" : row.open ? "▾" : "▸"}
            </span>
            {row.name !== null && <span class="json-name">{row.name}: </span>}
            <Value value={row.value} />
          </div>
        );
      }}
    </Rows>
  );
}

function Value({ value }: { value: Json }) {
  if (isGroup(value)) {
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    const size = sizeOf(value);
    return <span class="dim">{size ? `${open} ${filesWords().items(size)} ${close}` : `${open}${close}`}</span>;
  }
  if (value instanceof Written) return <span class="json-number">{value.digits}</span>;
  if (typeof value !== "string") return <span class="json-word">{String(value)}</span>;
  const text = JSON.stringify(value);
  return (
    <span class="json-string" title={text.length > SHOWN ? value : undefined}>
      {text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}
    </span>
  );
}
