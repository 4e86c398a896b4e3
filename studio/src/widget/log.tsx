/** The end of the log, with its colours; it is followed until somebody scrolls up. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { size } from "../base/number";
import { Ansi } from "../files/log/ansi-text";
import { useRoom } from "./room";
import { widgetWords } from "./words";

/** So near the end is at the end. */
const NEAR = 24;

export function LogTab() {
  const { channel } = useRoom();
  const { log, logs } = channel.state;
  const say = widgetWords();
  const chosen = useSignal<string | null>(null);
  const shown = log.value;
  const names = logs.value;
  useEffect(() => () => channel.read(null), [channel]);
  const choose = (path: string) => {
    chosen.value = path;
    channel.read(path);
  };
  if (!shown && !names.length) return <p class="nothing dim">{say.noLog}</p>;
  const path = chosen.value ?? shown?.path ?? "";
  return (
    <div class="log-part">
      {names.length > 1 && (
        <div class="tools">
          <select
            class="field"
            aria-label={say.log}
            value={path}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {names.map((each) => (
              <option key={each.path} value={each.path}>
                {each.path} ({size(each.size_bytes)})
              </option>
            ))}
          </select>
        </div>
      )}
      {shown && shown.path === path && <Tail key={path} />}
    </div>
  );
}

function Tail() {
  const { channel } = useRoom();
  const { path, first_line: first, lines, total_lines: total } = channel.state.log.value!;
  const element = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  const seen = useSignal(total);
  const say = widgetWords();
  const toEnd = () => {
    const box = element.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  useLayoutEffect(() => {
    if (!following.peek()) return;
    toEnd();
    seen.value = total;
  }, [lines]);
  const onScroll = () => {
    const box = element.current!;
    following.value = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (following.value) seen.value = total;
  };
  const news = total - seen.value;
  return (
    <div class="log-frame">
      {first > 0 && <p class="dim small before">{say.before(first)}</p>}
      <div
        class="log-tail"
        ref={element}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={path}
        onScroll={onScroll}
      >
        {lines.map((line, index) => (
          <div key={first + index} class="log-row">
            <span class="log-count" aria-hidden="true">
              {first + index + 1}
            </span>
            <span class="log-words">
              <Ansi text={line} />
              {"\n"}
            </span>
          </div>
        ))}
      </div>
      {!following.value && (
        <button
          type="button"
          class="button follow"
          onClick={() => {
            following.value = true;
            toEnd();
          }}
        >
          ↓ {say.follow}
          {news > 0 && <span class="dim">· {say.newLines(news)}</span>}
        </button>
      )}
    </div>
  );
}
