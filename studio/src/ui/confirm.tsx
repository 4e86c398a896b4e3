/** Asks before something that cannot be taken back. */
import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog";
import { uiWords } from "./words";

interface Props {
  title: string;
  children: ComponentChildren;
  /** What the button says that does it. */
  does: string;
  /** And the one that does not, where "Cancel" would say the same. */
  keeps?: string;
  onYes: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, does, keeps = uiWords().cancel, onYes, onClose }: Props) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={onClose}>
            {keeps}
          </button>
          <button
            type="button"
            class="button danger"
            onClick={() => {
              onClose();
              onYes();
            }}
          >
            {does}
          </button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
