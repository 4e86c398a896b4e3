/** Asks before something that cannot be taken back, or that costs much. */
import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog";
import { uiWords } from "./words";

interface Props {
  title: string;
  children: ComponentChildren;
  /** What the button says that does it. */
  does: string;
  /** What the button says that does nothing. */
  keep?: string;
  kind?: "danger" | "primary";
  onYes: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, does, keep, kind = "danger", onYes, onClose }: Props) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={onClose}>
            {keep ?? uiWords().cancel}
          </button>
          <button
            type="button"
            class={`button ${kind}`}
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
