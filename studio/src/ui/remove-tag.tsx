/** Within a tag: takes it away. Not there for who may not. */
import { catalogue } from "../base/language";
import { mayWrite } from "../base/may";

const words = catalogue({
  en: { remove: (name: string) => `Remove the tag ${name}` },
  fr: { remove: (name: string) => `Retirer l'étiquette ${name}` },
});

export function RemoveTag({ name, onRemove }: { name: string; onRemove: () => void }) {
  if (!mayWrite) return null;
  return (
    <button type="button" class="remove" aria-label={words().remove(name)} onClick={onRemove}>
      ✕
    </button>
  );
}
