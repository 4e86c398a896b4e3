/** A dialog on the platform's own: focus stays within, Escape closes, the page behind rests. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { uiWords } from "./words";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  footer?: ComponentChildren;
  wide?: boolean;
}

export function Dialog({ title, onClose, children, footer, wide = false }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // What takes the dialog away closes it too, and hears of it after what it shows instead has begun.
  const gone = useRef(false);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // The platform would begin at ✕: whoever types at once would press it instead.
    dialog?.querySelector<HTMLElement>("[autofocus], .body .field")?.focus();
    return () => {
      gone.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "wide" : undefined}
      aria-label={title}
      onClose={() => gone.current || onClose()}
      onClick={(event) => event.target === element.current && onClose()}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <header>
        <h2 class="grow cut">{title}</h2>
        <button type="button" class="button quiet" onClick={onClose} aria-label={uiWords().close}>
          ✕
        </button>
      </header>
      <div class="body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
}
