/** The foot of a log: whether it is followed, the search, and what can be done with what is marked. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { apiAddress } from "../../api/call";
import { number } from "../../base/number";
import { failureText } from "../../ui/failure";
import { aloud } from "./aloud";
import type { Scene } from "./scene";
import { logWords } from "./words";

interface Props {
  scene: Scene;
  search: RefObject<HTMLInputElement | null>;
  onEnd: () => void;
  onCopy: () => void;
  onLink: () => void;
}

/** Typing rests so long before it is searched for. */
const SETTLE_MS = 250;

export function Foot({ scene, search, onEnd, onCopy, onLink }: Props) {
  const say = logWords();
  const marks = scene.marks.value;
  const { run, path } = scene.book;
  return (
    <div class="foot log-foot">
      <State scene={scene} onEnd={onEnd} />
      <SearchField scene={scene} field={search} />
      <span class="grow" />
      {marks && (
        <>
          <button type="button" class="button quiet" onClick={onCopy}>
            {say.copyMarked(marks[1] - marks[0] + 1)}
          </button>
          <button type="button" class="button quiet" onClick={onLink} aria-keyshortcuts="L">
            {say.copyLink}
          </button>
        </>
      )}
      <Toggle on={aloud.value} label={say.announceShort} title={say.announce} onChange={(on) => (aloud.value = on)} />
      {scene.book.timed.value && (
        <Toggle on={scene.times.value} label={say.times} title={say.keys.times} onChange={(on) => scene.setTimes(on)} />
      )}
      <Toggle on={scene.wrap.value} label={say.wrap} onChange={(on) => scene.setWrap(on)} />
      <a class="button quiet" href={apiAddress("/artifacts:download", { run_id: run, path, save: "true" })} download>
        {say.download}
      </a>
    </div>
  );
}

function Toggle(props: { on: boolean; label: string; title?: string; onChange: (on: boolean) => void }) {
  const { on, label, title, onChange } = props;
  return (
    <button
      type="button"
      class="button quiet"
      aria-pressed={on}
      {...(title ? { title, "aria-label": title } : {})}
      onClick={() => onChange(!on)}
    >
      {label}
    </button>
  );
}

function State({ scene, onEnd }: { scene: Scene; onEnd: () => void }) {
  const say = logWords();
  const state = scene.book.state.value;
  if (!state) return <span class="log-state" />;
  const following = scene.atEnd.value;
  const lines = <span class="dim">{say.lines(state.lines)}</span>;
  if (state.sealed)
    return (
      <span class="log-state">
        <span class="dim">✓ {say.ended}</span> {lines}
      </span>
    );
  return (
    <span class="log-state">
      {following ? (
        <span class="log-following">
          <span aria-hidden="true">●</span> {say.following}
        </span>
      ) : (
        <button type="button" class="button quiet" title={say.resume} aria-keyshortcuts="End" onClick={onEnd}>
          <span aria-hidden="true">❙❙</span> {say.paused}
        </button>
      )}{" "}
      {lines}
    </span>
  );
}

function SearchField({ scene, field }: { scene: Scene; field: RefObject<HTMLInputElement | null> }) {
  const say = logWords();
  const [text, setText] = useState("");
  const [regex, setRegex] = useState(false);
  const [exactCase, setExactCase] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => scene.find({ text, regex, ignoreCase: !exactCase }), text ? SETTLE_MS : 0);
    return () => clearTimeout(timer);
  }, [text, regex, exactCase, scene]);
  return (
    <search class="log-search">
      <input
        ref={field}
        class="field"
        type="search"
        value={text}
        placeholder={say.searchHint}
        aria-label={say.search}
        aria-keyshortcuts="/"
        maxLength={1000}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") void scene.step(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") {
            setText("");
            (document.querySelector(".log") as HTMLElement | null)?.focus();
          } else return;
          event.preventDefault();
        }}
      />
      <button
        type="button"
        class="button quiet mono"
        aria-pressed={regex}
        title={say.regex}
        aria-label={say.regex}
        onClick={() => setRegex(!regex)}
      >
        .*
      </button>
      <button
        type="button"
        class="button quiet"
        aria-pressed={exactCase}
        title={say.letterCase}
        aria-label={say.letterCase}
        onClick={() => setExactCase(!exactCase)}
      >
        Aa
      </button>
      <Found scene={scene} />
    </search>
  );
}

function Found({ scene }: { scene: Scene }) {
  const say = logWords();
  const matches = scene.matches.value;
  if (!matches) return null;
  matches.changed.value;
  const failure = matches.failure.value;
  if (failure)
    return (
      <span class="log-found bad" role="alert" title={failure.hint ?? ""}>
        {failureText(failure)}
      </span>
    );
  const total = matches.total.value;
  const done = matches.done.value;
  const current = matches.current.value;
  const at = current ? matches.ordinal(current) : undefined;
  return (
    <>
      <span class="log-found dim" role="status">
        {total === 0 ? (done === 1 ? say.noMatch : "") : at ? say.matchOf(at, total) : say.matches(total)}
        {done < 1 && ` · ${say.searching(`${number(Math.round(done * 100))} %`)}`}
      </span>
      <button
        type="button"
        class="button quiet"
        title={say.previous}
        aria-label={say.previous}
        disabled={!total}
        onClick={() => void scene.step(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        class="button quiet"
        title={say.next}
        aria-label={say.next}
        disabled={!total}
        onClick={() => void scene.step(1)}
      >
        ↓
      </button>
    </>
  );
}
