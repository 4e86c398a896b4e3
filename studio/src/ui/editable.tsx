/** A text that can be changed where it stands: Enter keeps, Escape takes back. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { catalogue } from "../base/language";
import { mayWrite } from "../base/may";
import { Later } from "./later";
import { uiWords } from "./words";
import "./editable.css";

const words = catalogue({
  en: { edit: (what: string) => `Edit ${what.toLowerCase()}` },
  fr: { edit: (what: string) => `Modifier : ${what}` },
});

export interface Markdown {
  load: () => Promise<{ default: ComponentType<{ text: string; picture: Picture }> }>;
  picture: Picture;
}

/** The address of a picture that the text names, if it is one that may be shown. */
type Picture = (name: string) => string | null;

interface Props {
  value: string;
  /** What it is, for those who listen. */
  label: string;
  placeholder?: string;
  long?: boolean;
  /** Sets the text, which is Markdown; it comes when it is needed. */
  markdown?: Markdown | undefined;
  onKeep: (text: string) => Promise<unknown> | undefined;
}

export function Editable({ value, label, placeholder = "", long = false, markdown, onKeep }: Props) {
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const editing = text !== null;
  useEffect(() => {
    if (editing) field.current?.focus();
  }, [editing]);

  if (text === null && markdown && value)
    return (
      <div class="described">
        <Later
          load={markdown.load}
          with={{ text: value, picture: markdown.picture }}
          until={<p class="text">{value}</p>}
        />
        {mayWrite && (
          <button
            type="button"
            class="button quiet"
            title={words().edit(label)}
            aria-label={words().edit(label)}
            onClick={() => setText(value)}
          >
            ✎
          </button>
        )}
      </div>
    );
  if (!mayWrite)
    return (
      <span class={long ? "text" : "cut"} title={value}>
        {value || <span class="dim">–</span>}
      </span>
    );
  if (text === null)
    return (
      <button type="button" class="editable" title={value || placeholder} onClick={() => setText(value)}>
        <span class={long ? "text" : "cut"}>{value || <span class="dim">{placeholder}</span>}</span>
        <span class="pen" aria-hidden="true">
          ✎
        </span>
        <span class="unseen">{words().edit(label)}</span>
      </button>
    );
  const done = async () => {
    if (text !== value) await onKeep(text);
    setText(null);
  };
  const shared = {
    ref: field,
    class: "field",
    "aria-label": label,
    value: text,
    onInput: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Escape") setText(null);
      else if (event.key === "Enter" && (!long || event.ctrlKey || event.metaKey)) done();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  return (
    <span class={long ? "editing long" : "editing"}>
      {long ? (
        <textarea rows={5} {...shared} />
      ) : (
        <input size={Math.max(12, Math.min(48, text.length + 2))} {...shared} />
      )}
      <button type="button" class="button primary" onClick={done}>
        {uiWords().save}
      </button>
      <button type="button" class="button" onClick={() => setText(null)}>
        {uiWords().cancel}
      </button>
    </span>
  );
}
