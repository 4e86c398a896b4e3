/** The frame of a page: where one is, whether it is live, and the few controls that are everywhere. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { standing } from "../api/live";
import { keySheetOpen, paletteOpen } from "../base/command";
import { catalogue, LANGUAGES, type Language, language, speak } from "../base/language";
import { isDark, paint } from "../base/theme";
import "./page.css";
import { Editable } from "./editable";
import { Menu } from "./menu";

const words = catalogue({
  en: {
    search: "Search or run a command",
    live: "live",
    waiting: "reconnecting",
    language: "Language",
    theme: "Light or dark",
    keys: "Keyboard",
    where: "Where you are",
  },
  fr: {
    search: "Rechercher ou lancer une commande",
    live: "en direct",
    waiting: "reconnexion",
    language: "Langue",
    theme: "Clair ou sombre",
    keys: "Clavier",
    where: "Où vous êtes",
  },
});

export interface Crumb {
  label: string;
  href?: string;
  /** It can be renamed where it stands: what it is, and what keeps another name. */
  rename?: { what: string; keep: (name: string) => Promise<unknown> };
}

interface Props {
  /** The last one is this page. */
  crumbs: readonly Crumb[];
  /** What stands beside the name, e.g. a status. */
  beside?: ComponentChildren;
  actions?: ComponentChildren;
  /** Nothing here changes any more, so that only a lost connection is told. */
  ended?: boolean;
  children: ComponentChildren;
}

export function Page({ crumbs, beside, actions, ended = false, children }: Props) {
  const title = crumbs[crumbs.length - 1]?.label ?? "";
  useEffect(() => {
    document.title = title ? `${title} · Runwatch` : "Runwatch";
  }, [title]);
  return (
    <div class="page">
      <header class="top">
        <nav class="crumbs" aria-label={words().where}>
          {crumbs.map((crumb, index) => (
            <span key={index}>
              {index > 0 && <i aria-hidden="true">/</i>}
              {index === crumbs.length - 1 ? (
                <h1 class="here">
                  {crumb.rename ? (
                    <Editable value={crumb.label} label={crumb.rename.what} onKeep={crumb.rename.keep} />
                  ) : (
                    <span class="cut" title={crumb.label}>
                      {crumb.label}
                    </span>
                  )}
                </h1>
              ) : (
                <a class="cut" href={crumb.href ?? ""} title={crumb.label}>
                  {crumb.label}
                </a>
              )}
            </span>
          ))}
        </nav>
        {beside}
        <Live ended={ended} />
        <span class="grow" />
        <button
          type="button"
          class="command"
          title={words().search}
          onClick={() => (paletteOpen.value = true)}
          aria-keyshortcuts="Control+K"
        >
          <span aria-hidden="true">⌕</span>
          <span class="cut grow">{words().search}</span>
          <kbd>Ctrl K</kbd>
        </button>
        {actions}
        <Preferences />
      </header>
      <main class="content">{children}</main>
    </div>
  );
}

function Live({ ended }: { ended: boolean }) {
  const live = standing.value === "live";
  return (
    <span class={live ? "live" : "live waiting"} role="status">
      {(!live || !ended) && (
        <>
          <span aria-hidden="true">{live ? "●" : "◌"}</span> {live ? words().live : words().waiting}
        </>
      )}
    </span>
  );
}

function Preferences() {
  return (
    <>
      <Menu
        kind="quiet"
        title={`${language.value.toUpperCase()} · ${words().language}`}
        label={language.value.toUpperCase()}
        items={Object.entries(LANGUAGES).map(([id, label]) => ({
          label,
          checked: id === language.value,
          run: () => speak(id as Language),
        }))}
      />
      <button
        type="button"
        class="button quiet"
        title={words().theme}
        aria-label={words().theme}
        onClick={() => paint(isDark() ? "light" : "dark")}
      >
        {isDark() ? "☀" : "☾"}
      </button>
      <button
        type="button"
        class="button quiet"
        title={words().keys}
        aria-label={words().keys}
        onClick={() => (keySheetOpen.value = true)}
      >
        ?
      </button>
    </>
  );
}
