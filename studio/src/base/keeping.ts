/** Small choices kept in this browser; where it keeps nothing (private windows, blocked storage) they last as long as the page. */
const fallback = new Map<string, string>();

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`runwatch.${name}`);
  } catch {
    return fallback.get(name) ?? null;
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
