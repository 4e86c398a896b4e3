/** The notebook around the widget: light or dark, which language, and whether anybody can see us. */
import { LANGUAGES, type Language } from "../base/language";

/** What hosts say their theme with. */
const SAID = ["class", "theme", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];

/** Whether the host is dark: as JupyterLab, VS Code, Colab and marimo say it, else as the system is. */
export function isHostDark(page: Document = document): boolean {
  const { body, documentElement: root } = page;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter !== undefined) return jupyter === "false";
  const code = body.dataset.vscodeThemeKind;
  if (code !== undefined) return code === "vscode-dark" || code === "vscode-high-contrast";
  for (const element of [root, body]) {
    const said = element.getAttribute("theme") ?? element.dataset.theme;
    if (said === "dark" || said === "light") return said === "dark";
    if (element.classList.contains("dark")) return true;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Hear of the host's theme, now and whenever it changes, until the signal says stop. */
export function followTheme(tell: (dark: boolean) => void, stop: AbortSignal): void {
  const look = () => tell(isHostDark());
  const watch = new MutationObserver(look);
  for (const element of [document.documentElement, document.body])
    watch.observe(element, { attributes: true, attributeFilter: SAID });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look, { signal: stop });
  stop.addEventListener("abort", () => watch.disconnect());
  look();
}

/** Hear whether the element can be seen, now and whenever it changes, until the signal says stop. */
export function followSight(element: Element, tell: (seen: boolean) => void, stop: AbortSignal): void {
  let within = true;
  const look = () => tell(within && document.visibilityState === "visible");
  const watch = new IntersectionObserver((entries) => {
    within = entries[entries.length - 1]!.isIntersecting;
    look();
  });
  watch.observe(element);
  document.addEventListener("visibilitychange", look, { signal: stop });
  stop.addEventListener("abort", () => watch.disconnect());
}

/** The language that was asked for, else the page's, else the reader's. */
export function languageOf(asked: string | undefined): Language {
  const wanted = [asked, document.documentElement.lang, ...navigator.languages];
  const found = wanted.map((each) => each?.slice(0, 2).toLowerCase()).find((each) => each && each in LANGUAGES);
  return (found ?? "en") as Language;
}
