/** What people wrote about an experiment: its description, as Markdown, and its tags. */
import { useState } from "preact/hooks";
import { call, type Schemas } from "../../api/call";
import { mayWrite } from "../../base/may";
import { Editable } from "../../ui/editable";
import { RemoveTag } from "../../ui/remove-tag";
import { attempt } from "../../ui/toast";
import { experimentWords } from "./words";

type Experiment = Schemas["Experiment"];

/** An experiment has no files, and so no pictures that its text could name. */
const markdown = {
  load: async () => ({ default: (await import("../../files/preview/markdown")).Markdown }),
  picture: () => null,
};

export default function Notes({ experiment }: { experiment: Experiment }) {
  const say = experimentWords();
  const { experiment_id } = experiment;
  const update = (changes: Partial<Parameters<typeof call<"/experiments:update">>[1]>) =>
    attempt(() => call("/experiments:update", { experiment_id, ...changes }));
  return (
    <div class="notes">
      <section>
        <h2>{say.description}</h2>
        <Editable
          long
          label={say.description}
          value={experiment.description}
          placeholder={say.noDescription}
          markdown={markdown}
          onKeep={(description) => update({ description })}
        />
      </section>
      <section>
        <h2>{say.tags}</h2>
        <p class="tags">
          {Object.entries(experiment.tags).map(([name, value]) => (
            <span key={name} class="tag">
              {value ? `${name}: ${value}` : name}{" "}
              <RemoveTag name={name} onRemove={() => update({ remove_tags: [name] })} />
            </span>
          ))}
          {!Object.keys(experiment.tags).length && <span class="dim">{say.noTags}</span>}
        </p>
        {mayWrite && <NewTag onAdd={(name, value) => update({ set_tags: { [name]: value } })} />}
      </section>
    </div>
  );
}

function NewTag({ onAdd }: { onAdd: (name: string, value: string | null) => void }) {
  const say = experimentWords();
  const [text, setText] = useState("");
  const [, name, value] = /^\s*([^:]*[^:\s])\s*(?::\s*(.*))?$/s.exec(text) ?? [];
  return (
    <form
      class="new-tag"
      onSubmit={(event) => {
        event.preventDefault();
        if (name) onAdd(name, value?.trim() || null);
        setText("");
      }}
    >
      <input
        class="field"
        aria-label={say.addTag}
        placeholder={say.tagHint}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={!name}>
        {say.addTag}
      </button>
    </form>
  );
}
