/** Where the studio is: its own path and query, below the path that the server stands behind; and going elsewhere. */
import { batch, computed, signal } from "@preact/signals";

/** The path that the server stands behind, with a slash at its end. */
export const base: string = globalThis.document ? new URL(document.baseURI).pathname.replace(/[^/]*$/, "") : "/";

type Where = Pick<Location, "pathname" | "search">;

function read({ pathname, search }: Where = globalThis.location ?? { pathname: "/", search: "" }) {
  return { path: pathname.startsWith(base) ? pathname.slice(base.length) : pathname.replace(/^\//, ""), query: search };
}

const here = signal(read());

/** The path below the base without a slash before it: `experiments/digits`. */
export const path = computed(() => here.value.path);

/** The parts of the path, decoded. */
export const parts = computed(() => path.value.split("/").filter(Boolean).map(decoded));

/** All of it, as it stands in the browser's bar or soon will. */
export const current = computed(() => base + here.value.path + here.value.query);

/** The query. */
export const query = computed(() => new URLSearchParams(here.value.query));

/** A part of an address as text. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % that somebody typed
  }
}

/** The browser's bar takes the processor for some twenty milliseconds: what a zoom asks for is drawn before it is told. */
const SLID_MS = 250;

/** What the browser's bar is still to be told. */
let untold: string | null = null;

function settle(): void {
  if (untold !== null) history.replaceState(null, "", untold);
  untold = null;
}

globalThis.addEventListener?.("popstate", () => {
  untold = null;
  here.value = read();
});
globalThis.addEventListener?.("pagehide", settle);

/** An address for a link: parts are encoded, what is empty in the query is left out. */
export function address(to: readonly string[], ask?: Record<string, string | null | undefined>): string {
  const path = base + to.map(encodeURIComponent).join("/");
  if (!ask) return path;
  const search = new URLSearchParams();
  for (const [name, text] of Object.entries(ask)) if (text) search.set(name, text);
  const tail = search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return tail ? `${path}?${tail}` : path;
}

/** Go to an address of the studio. */
export function go(to: string, how: "push" | "replace" = "push"): void {
  settle();
  history[how === "push" ? "pushState" : "replaceState"](null, "", to);
  batch(() => {
    here.value = read();
  });
}

/**
 * Change the query of this page; null takes a name out. Decisions push; typing and dragging replace, and are shown at once but
 * told to the browser's bar when they are painted, or, of what slides past, a moment later for all of it.
 */
export function ask(changes: Record<string, string | null>, how: "push" | "replace" | "slide" = "push"): void {
  const next: Record<string, string | null> = Object.fromEntries(query.value);
  Object.assign(next, changes);
  const to = address(parts.value, next);
  if (to === current.value) return;
  if (how === "push") go(to);
  else {
    untold = to;
    if (how === "slide") setTimeout(settle, SLID_MS);
    else requestAnimationFrame(() => setTimeout(settle));
    here.value = read(new URL(to, location.href));
  }
}

/** Let links within the studio change the page without loading it anew. */
export function followLinks(root: Document): void {
  root.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (!link.pathname.startsWith(base) || link.pathname.startsWith(`${base}api/`)) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
