/** Small choices kept in this browser; where it keeps nothing (private windows, blocked storage) they last as long as the page. */
const fallback = new Map<string, string>();

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`runwatch.${name}`);
  } catch {
    return fallback.get(name) ?? null;
  }
}

/** What was kept as JSON, whatever it is by now; null where there is nothing that can be read. */
export function keptJson(name: string): unknown {
  try {
    return JSON.parse(kept(name) ?? "null");
  } catch {
    return null;
  }
}

export function keep(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(`runwatch.${name}`);
    else localStorage.setItem(`runwatch.${name}`, text);
  } catch {
    if (text === null) fallback.delete(name);
    else fallback.set(name, text);
  }
}
