/** What anywidget loads: shows a run in a shadow root, so that neither the notebook's style nor ours reaches the other. */
import { render as show } from "preact";
import { language } from "../base/language";
import { theme } from "../base/theme";
import tokens from "../base/tokens.css?inline";
import charts from "../charts/charts.css?inline";
import ansi from "../files/log/ansi.css?inline";
import shapes from "../ui/ui.css?inline";
import { Channel } from "./channel";
import { Clock } from "./clock";
import { followSight, followTheme, languageOf } from "./host";
import { KernelSource } from "./kernel";
import { RoomContext } from "./room";
import { View } from "./view";
import own from "./widget.css?inline";
import type { Model, Seed } from "./wire";

interface Given {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

/** The host element: keys that we take are not the notebook's commands, where two presses of d delete a cell. */
function hostIn(el: HTMLElement): { host: HTMLElement; root: ShadowRoot } {
  const host = document.createElement("div");
  host.setAttribute("data-lm-suppress-shortcuts", "true");
  const root = host.attachShadow({ mode: "open" });
  root.addEventListener("keydown", (event) => event.defaultPrevented && event.stopPropagation());
  const style = document.createElement("style");
  style.textContent = [tokens, shapes, charts, ansi, own].join("\n");
  root.append(style);
  el.append(host);
  return { host, root };
}

/** Hide the still picture of the run, which whoever opens the notebook without its kernel sees, until the signal. */
function hideStill(mark: string | undefined, stop: AbortSignal): void {
  if (!mark) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.${CSS.escape(mark)}{display:none}`);
  document.adoptedStyleSheets.push(sheet);
  stop.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
  });
}

/** Show the run of a model in an element until the signal, or the function that is returned, says stop. */
function render({ model, el, signal }: Given): () => void {
  const stop = new AbortController();
  const seed = (model.get("seed") ?? {}) as Seed;
  language.value = languageOf(seed.language);
  const { host, root } = hostIn(el);
  const channel = new Channel(model);
  const clock = new Clock();
  const source = new KernelSource(channel);
  channel.listen(({ push }) => {
    if (push.clock) clock.set(push.clock);
  });
  const within = document.createElement("div");
  within.lang = language.value;
  within.className = "widget";
  root.append(within);
  hideStill(seed.still, stop.signal);
  followTheme((dark) => {
    theme.value = dark ? "dark" : "light";
    host.dataset.theme = theme.value;
  }, stop.signal);
  followSight(host, (seen) => channel.see(seen), stop.signal);
  show(
    <RoomContext.Provider value={{ channel, source, clock, seed }}>
      <View />
    </RoomContext.Provider>,
    within,
  );
  const leave = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    show(null, within);
    source.close();
    channel.close();
    host.remove();
  };
  signal?.addEventListener("abort", leave, { signal: stop.signal });
  return leave;
}

export default { render };
