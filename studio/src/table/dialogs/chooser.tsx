/** Finds by name, on the server, what a menu has no room for. */
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../ui/dialog";
import type { MenuItem } from "../../ui/menu";
import { SearchField } from "../../ui/search-field";
import "../dialogs.css";
import { tableWords } from "../words";

interface Props {
  title: string;
  find: (search: string) => Promise<readonly MenuItem[]>;
  onClose: () => void;
}

export default function Chooser({ title, find, onClose }: Props) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly MenuItem[] | null>(null);
  useEffect(() => {
    let asked = true;
    find(text)
      .catch(() => [])
      .then((list) => asked && setFound(list));
    return () => {
      asked = false;
    };
  }, [text]);
  return (
    <Dialog title={title} onClose={onClose}>
      <SearchField class="" text="" onText={setText} label={tableWords().searchNames} />
      <div class="choices" role="group" aria-label={title}>
        {found?.map((item, at) => (
          <button
            key={at}
            type="button"
            class="button quiet"
            aria-pressed={item.checked}
            onClick={() => {
              onClose();
              item.run();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
      {found?.length === 0 && <p class="dim">{tableWords().nothing}</p>}
    </Dialog>
  );
}
