/** The tags of a run, added and taken away where they stand. */
import { useState } from "preact/hooks";
import { call } from "../api/call";
import type { Run } from "../api/run";
import { catalogue } from "../base/language";
import { mayWrite } from "../base/may";
import { RemoveTag } from "./remove-tag";
import { attempt } from "./toast";
import "./run-parts.css";

const words = catalogue({
  en: {
    addTag: "Add a tag",
    tagName: "Name",
    tagValue: "Value",
    add: "Add",
  },
  fr: {
    addTag: "Ajouter une étiquette",
    tagName: "Nom",
    tagValue: "Valeur",
    add: "Ajouter",
  },
});

/** Of one identity, so that it is called when the field comes and not again. */
function focus(field: HTMLElement | null): void {
  field?.focus();
}

export function RunTags({ run }: { run: Run }) {
  const say = words();
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const change = (tags: { set_tags?: Record<string, string | null>; remove_tags?: string[] }) =>
    attempt(() => call("/runs:update", { run_id: run.run_id, ...tags }));
  const add = async (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return;
    await change({ set_tags: { [name.trim()]: value || null } });
    setName("");
    setValue("");
    setAdding(false);
  };
  return (
    <div class="run-tags">
      {Object.entries(run.tags).map(([key, text]) => (
        <span key={key} class="tag" title={text ? `${key}: ${text}` : key}>
          <span class="cut">
            {key}
            {text !== null && <span class="strong">: {text}</span>}
          </span>
          <RemoveTag name={key} onRemove={() => change({ remove_tags: [key] })} />
        </span>
      ))}
      {adding ? (
        <form onSubmit={add} onKeyDown={(event) => event.key === "Escape" && setAdding(false)}>
          <input
            ref={focus}
            class="field"
            aria-label={say.tagName}
            placeholder={say.tagName}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <input
            class="field"
            aria-label={say.tagValue}
            placeholder={say.tagValue}
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            {say.add}
          </button>
        </form>
      ) : (
        mayWrite && (
          <button
            type="button"
            class="button quiet"
            aria-label={say.addTag}
            title={say.addTag}
            onClick={() => setAdding(true)}
          >
            +
          </button>
        )
      )}
    </div>
  );
}
