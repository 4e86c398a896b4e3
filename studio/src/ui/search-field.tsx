/** A field to search with: what is typed counts once nobody typed for a moment. */
import { useEffect, useState } from "preact/hooks";

const SETTLED_MS = 200;

interface Props {
  text: string;
  onText: (text: string) => void;
  label: string;
  hint?: string;
  /** Says how wide it is. */
  class: string;
}

export function SearchField({ text, onText, label, hint = label, class: look }: Props) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => onText(typed), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      class={`field ${look}`}
      type="search"
      aria-label={label}
      placeholder={hint}
      spellcheck={false}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
