/** The viewer of a log: its lines, what is new, where matches stand, and a foot with all that can be done. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ofRun } from "../../api/cache";
import { listen, standing } from "../../api/live";
import { copy } from "../../base/clipboard";
import { type Key, useKeys } from "../../base/keys";
import { count } from "../../base/number";
import { FailureNote } from "../../ui/failure";
import { attempt, say as tell } from "../../ui/toast";
import { Aloud } from "./aloud";
import { plain } from "./ansi";
import { Foot } from "./foot";
import "../foot.css";
import "./ansi.css";
import "./log.css";
import { Pane } from "./pane";
import { type Lines, linesOf, Scene, textOf } from "./scene";
import { logWords } from "./words";

interface Props {
  run: string;
  path: string;
  /** Whether the run may still write: then its end is followed at first. */
  growing: boolean;
  /** Lines that are marked, as in an address: `120-140`. */
  line: string | null;
  onLine: (line: string | null) => void;
  /** The address of lines, without the host. */
  linkTo: (line: string) => string;
}

/** Notices come up to four times a second; a burst of them is one reading. */
const PACE_MS = 200;

export function Log(props: Props) {
  const { run, path } = props;
  return <Viewer key={`${run} ${path}`} {...props} />;
}

function Viewer({ run, path, growing, line, onLine, linkTo }: Props) {
  const say = logWords();
  const scene = useMemo(() => new Scene(run, path, linesOf(line), growing), []);
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useNews(scene);
  useEffect(() => () => scene.close(), [scene]);

  // Always the same function, so that a line is drawn anew only if it is another one.
  const latest = useRef(linkTo);
  latest.current = linkTo;
  const linkToLine = useMemo(() => (number: number) => latest.current(String(number + 1)), []);

  const mark = (marks: Lines | null) => onLine(marks && textOf(marks));
  const copyLink = () => {
    const marks = scene.marks.peek() ?? [scene.cursor.peek(), scene.cursor.peek()];
    const link = location.origin + linkTo(textOf(marks as Lines));
    void attempt(() => copy(link).then(() => tell(logWords().linkCopied)));
  };
  const copyMarked = async () => {
    const marks = scene.marks.peek();
    if (!marks) return;
    const lines = await scene.book.range(marks[0], marks[1] + 1);
    await copy(lines.map((each) => plain(each.text)).join("\n"));
    tell(logWords().copied);
  };
  const toStart = () => {
    scene.moveCursor(0);
    scene.move(0);
  };
  const toEnd = () => {
    scene.cursor.value = Math.max(0, scene.book.lines - 1);
    scene.move(0, true);
    void scene.refresh();
  };

  const keys = useMemo<Key[]>(
    () => [
      { keys: "/", does: say.keys.search, run: () => search.current?.focus() },
      { keys: "n", does: say.keys.next, run: () => void scene.step(1) },
      { keys: "Shift+n", does: say.keys.previous, run: () => void scene.step(-1) },
      { keys: "Home", does: say.keys.home, run: toStart },
      { keys: "End", does: say.keys.end, run: toEnd },
      { keys: "l", does: say.keys.link, run: copyLink },
      { keys: "Shift+w", does: say.keys.wrap, run: () => scene.setWrap(!scene.wrap.peek()) },
      { keys: "t", does: say.keys.times, run: () => scene.setTimes(!scene.times.peek()) },
    ],
    [say, scene],
  );
  useKeys(say.place, keys);

  const state = scene.book.state.value;
  const failure = scene.book.failure.value;
  const news = scene.news.value;
  return (
    <section class="log-view" aria-label={say.log(path)}>
      <div class="log-seen">
        <Pane
          scene={scene}
          scroller={scroller}
          linkTo={linkToLine}
          onMark={(number, extending) => {
            scene.mark(number, extending);
            mark(scene.marks.peek());
          }}
        />
        <Ticks scene={scene} />
        {state?.lines === 0 && <p class="log-note dim">{state.sealed ? say.emptyEnded : say.empty}</p>}
        {failure && !failure.passing && (
          <div class="log-note">
            <FailureNote failure={failure} />
          </div>
        )}
        {news > 0 && (
          <button type="button" class="log-news" onClick={toEnd}>
            {say.news(news)} <span aria-hidden="true">↓</span>
          </button>
        )}
      </div>
      <Foot scene={scene} search={search} onEnd={toEnd} onCopy={() => void attempt(copyMarked)} onLink={copyLink} />
      <Aloud scene={scene} />
    </section>
  );
}

/** Read what is new when the server says that files of the run changed. */
function useNews(scene: Scene): void {
  useEffect(() => {
    void scene.refresh();
    let waiting = 0;
    const concerns = ofRun(scene.book.run, "files");
    const soon = () => {
      if (waiting || scene.book.state.peek()?.sealed) return;
      waiting = setTimeout(() => {
        waiting = 0;
        void scene.refresh();
      }, PACE_MS) as unknown as number;
    };
    const stop = listen((notices) => notices.some(concerns) && soon());
    let before = standing.peek();
    const restored = standing.subscribe((now) => {
      if (now === "live" && before !== "live") soon();
      before = now;
    });
    return () => {
      clearTimeout(waiting);
      stop();
      restored();
    };
  }, [scene]);
}

/** Marks beside the scroll bar where matches stand. */
function Ticks({ scene }: { scene: Scene }) {
  const matches = scene.matches.value;
  const lines = scene.book.state.value?.lines ?? 0;
  if (!matches || !lines) return null;
  matches.changed.value;
  const height = scene.seen.value;
  const current = matches.current.value;
  const places = new Set(matches.ticks.map((line) => Math.round((line / lines) * (height - 3))));
  return (
    <div class="log-ticks" title={count(matches.total.value)} aria-hidden="true">
      {[...places].map((top) => (
        <i key={top} style={{ top: `${top}px` }} />
      ))}
      {current && <i class="now" style={{ top: `${Math.round((current.line / lines) * (height - 3))}px` }} />}
    </div>
  );
}
