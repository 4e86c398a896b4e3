/** What is read aloud of a log: the line at the cursor when it moves, and new lines if somebody wants them. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { plain } from "./ansi";
import type { Scene } from "./scene";
import { logWords } from "./words";

/** Off at first: a log that grows would talk without end. */
export const aloud = signal(false);

/** Lines of one announcement; more cannot be heard before the next. */
const MOST = 3;
const PACE_MS = 1_500;

export function Aloud({ scene }: { scene: Scene }) {
  const [cursor, setCursor] = useState("");
  const [news, setNews] = useState("");
  useEffect(
    () =>
      scene.cursor.subscribe((line) => {
        const text = scene.book.line(line)?.text;
        setCursor(text === undefined ? "" : logWords().cursorAt(line + 1, plain(text).slice(0, 400)));
      }),
    [scene],
  );
  useEffect(() => {
    if (!aloud.value) return;
    let told = scene.book.lines;
    const timer = setInterval(() => {
      const { lines } = scene.book;
      if (lines === told) return;
      const from = Math.max(told, lines - MOST);
      told = lines;
      const texts = Array.from({ length: lines - from }, (_, index) => scene.book.line(from + index)?.text ?? "");
      setNews(texts.map(plain).join("\n"));
    }, PACE_MS);
    return () => clearInterval(timer);
  }, [scene, aloud.value]);
  return (
    <>
      <div class="unseen" role="status">
        {cursor}
      </div>
      <div class="unseen" role="status">
        {news}
      </div>
    </>
  );
}
