/** A button that opens a menu: arrow keys move, Escape closes, the platform's popover keeps it above everything. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface MenuItem {
  label: ComponentChildren;
  run: () => void;
  /** For choices: whether it is the one, or one of those, chosen. */
  checked?: boolean;
  disabled?: boolean;
  danger?: boolean;
}

interface Props {
  label: ComponentChildren;
  /** Or a function that makes them when the menu is opened; false is left out. */
  items: readonly (MenuItem | false)[] | (() => readonly (MenuItem | false)[]);
  /** What the button is called, where the label is only a sign. */
  title?: string;
  kind?: string;
}

export function Menu({ label, items, title, kind = "" }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const shown = open ? (typeof items === "function" ? items() : items).filter((each) => each !== false) : [];
  const close = () => popover.current?.hidePopover();
  const ticks = shown.some((item) => "checked" in item);

  const place = () => {
    if (!button.current || !popover.current) return;
    const anchor = button.current.getBoundingClientRect();
    const own = popover.current.getBoundingClientRect();
    const below = anchor.bottom + 4 + own.height < innerHeight || anchor.top < own.height + 4;
    popover.current.style.top = `${below ? anchor.bottom + 4 : anchor.top - own.height - 4}px`;
    popover.current.style.left = `${Math.max(4, Math.min(anchor.left, innerWidth - own.width - 4))}px`;
  };
  // Items may come after it was opened, and need more room; where they fit it stays where it is.
  useLayoutEffect(() => {
    if (open) place();
  }, [open, shown.length]);

  const onToggle = (event: ToggleEvent) => {
    if (event.newState !== "open" || !popover.current) return;
    place();
    // A key may have been quicker than this event, and have found its item.
    if (popover.current.contains(document.activeElement)) return;
    popover.current.querySelector<HTMLElement>('[role^="menuitem"]:not(:disabled)')?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(popover.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      close();
      button.current?.focus();
    } else if (to !== undefined) {
      event.preventDefault();
      all[to % all.length]?.focus();
    } else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const found = [...all.slice(at + 1), ...all].find((each) =>
        each.textContent?.trim().toLowerCase().startsWith(letter),
      );
      found?.focus();
    }
    event.stopPropagation();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={`button ${kind}`}
        aria-haspopup="menu"
        aria-expanded={open}
        popovertarget={id}
        onKeyDown={open ? onKeyDown : undefined}
        {...(title ? { title, "aria-label": spoken(label, title) } : {})}
      >
        {label}
      </button>
      <div
        ref={popover}
        id={id}
        popover="auto"
        class="menu"
        role="menu"
        // Before: so that the items are there, and have their size, when it has opened.
        onBeforeToggle={(event) => setOpen((event as unknown as ToggleEvent).newState === "open")}
        onToggle={onToggle as never}
        onKeyDown={onKeyDown}
      >
        {shown.map((item, index) => (
          <button
            key={index}
            type="button"
            tabIndex={-1}
            {...(item.checked === undefined
              ? { role: "menuitem" as const }
              : { role: "menuitemcheckbox" as const, "aria-checked": item.checked })}
            disabled={item.disabled}
            class={item.danger ? "danger" : undefined}
            onClick={() => {
              close();
              button.current?.focus();
              item.run();
            }}
          >
            {ticks && (
              <span class="mark" aria-hidden="true">
                {item.checked ? "✓" : ""}
              </span>
            )}
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

/** A name that holds what is seen, so that who speaks to the machine can say it. */
function spoken(label: ComponentChildren, title: string): string {
  return typeof label === "string" && /\p{L}/u.test(label) && !title.includes(label) ? `${title}: ${label}` : title;
}
