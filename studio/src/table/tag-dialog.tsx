/** Adds tags to chosen runs and takes tags off them. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call } from "../api/call";
import { catalogue } from "../base/language";
import { Dialog } from "../ui/dialog";
import { uiWords } from "../ui/words";
import { names } from "./names";
import type { Room } from "./room";
import { tableWords } from "./words";

const words = catalogue({
  en: {
    title: (runs: string) => `Tags of ${runs}`,
    add: "Add or change a tag",
    name: "Name",
    value: "Value (may be empty)",
    remove: "Remove tags",
    nothing: "No run here has a tag.",
  },
  fr: {
    title: (runs: string) => `Étiquettes de ${runs}`,
    add: "Ajouter ou changer une étiquette",
    name: "Nom",
    value: "Valeur (facultative)",
    remove: "Retirer des étiquettes",
    nothing: "Aucune exécution n'a d'étiquette ici.",
  },
});

export type TagWork = (run: string) => Promise<unknown>;

interface Props {
  room: Room;
  ids: readonly string[];
  onClose: () => void;
  onWork: (work: TagWork) => void;
  /** Which runs are meant. */
  children: ComponentChildren;
}

export function TagDialog({ room, ids, onClose, onWork, children }: Props) {
  const say = words();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [there, setThere] = useState<readonly string[] | null>(null);
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    names("tag", room.experimentId, "", 30)
      .then((found) => setThere(found.map((each) => each.name)))
      .catch(() => setThere([]));
  }, [room]);
  const added = name.trim();
  const keep = () =>
    onWork((run_id) =>
      call("/runs:update", {
        run_id,
        ...(added ? { set_tags: { [added]: value || null } } : {}),
        remove_tags: [...off].filter((each) => each !== added),
      }),
    );
  const toggle = (tag: string, on: boolean) => {
    const next = new Set(off);
    if (on) next.add(tag);
    else next.delete(tag);
    setOff(next);
  };
  return (
    <Dialog
      title={say.title(tableWords().runs(ids.length))}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={onClose}>
            {uiWords().cancel}
          </button>
          <button type="button" class="button primary" disabled={!added && !off.size} onClick={keep}>
            {uiWords().save}
          </button>
        </>
      }
    >
      {children}
      <h3>{say.add}</h3>
      <div class="pair">
        <input
          class="field"
          aria-label={say.name}
          placeholder={say.name}
          list="known-tags"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <input
          class="field grow"
          aria-label={say.value}
          placeholder={say.value}
          value={value}
          onInput={(event) => setValue(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && added && keep()}
        />
        <datalist id="known-tags">
          {there?.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </div>
      <h3>{say.remove}</h3>
      {there?.length === 0 && <p class="dim">{say.nothing}</p>}
      <div class="choices">
        {there?.map((each) => (
          <label key={each}>
            <input
              type="checkbox"
              checked={off.has(each)}
              onChange={(event) => toggle(each, event.currentTarget.checked)}
            />
            <span class="cut">{each}</span>
          </label>
        ))}
      </div>
    </Dialog>
  );
}
