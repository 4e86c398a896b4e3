/** The filter as one line of text: its words in colours, names to choose from, and where the server found a mistake. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "../api/failure";
import { failureText } from "../ui/failure";
import "./filter-bar.css";
import { type Wanted, type Word, wanted, words, written } from "./filter-words";
import { names } from "./names";
import type { Room } from "./room";
import { tableWords } from "./words";

/** What was typed counts once nobody typed for so long; longer within a name, which may not be whole. */
const [SETTLED_MS, UNFINISHED_MS] = [500, 1_500];
const OFFERED = 12;

interface Offer {
  text: string;
  runs?: number;
}

export function FilterBar({ room }: { room: Room }) {
  const say = tableWords();
  const given = room.view.value.filter;
  const [text, setText] = useState(given);
  const field = useRef<HTMLInputElement>(null);
  const shade = useRef<HTMLDivElement>(null);
  const timer = useRef(0);
  // Where the caret goes once what was taken stands in the field: at once, since the next key may follow on its heels.
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current !== null) field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  const offers = useOffers(room, field);
  // What was typed last is known to the field; another filter comes from a link, a menu or a step back.
  const sent = useRef(given);
  if (given !== sent.current) {
    sent.current = given;
    setText(given);
  }
  const settle = (value: string) => {
    clearTimeout(timer.current);
    if (value === sent.current) return;
    sent.current = value;
    room.change({ filter: value }, "replace");
  };
  const type = (value: string, at: number) => {
    setText(value);
    const unfinished = offers.look(value, at);
    clearTimeout(timer.current);
    const wait = unfinished ? UNFINISHED_MS : SETTLED_MS;
    timer.current = setTimeout(() => settle(value), wait) as unknown as number;
  };
  const take = (offer: Offer) => {
    const place = offers.place;
    if (!place || !field.current) return;
    const whole = `${text.slice(0, place.from)}${offer.text}${offer.text.endsWith(".") ? "" : " "}`;
    const next = whole + text.slice(place.to).replace(/^ /, "");
    field.current.focus();
    caret.current = whole.length;
    type(next, whole.length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (offers.keyDown(event, take)) return;
    if (event.key === "Enter") settle(text);
    else if (event.key === "Escape" && text) {
      type("", 0);
      settle("");
    }
  };
  const { count, failure: refused } = room.rank.state.value;
  const failure = text === given ? refused : undefined;
  return (
    <div class="filter">
      <div class="line">
        <div ref={shade} class="shade mono" aria-hidden="true">
          <Shade text={text} mistake={mistake(failure, room.filterShift)} />
        </div>
        <input
          ref={field}
          id="filter"
          class="mono"
          role="combobox"
          aria-label={say.filter}
          aria-expanded={offers.list.length > 0}
          aria-controls="filter-offers"
          aria-activedescendant={offers.at >= 0 ? `offer-${offers.at}` : undefined}
          aria-invalid={failure !== undefined}
          aria-describedby={failure ? "filter-failure" : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={say.filterHint}
          value={text}
          onInput={(event) => type(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
          onScroll={(event) => {
            if (shade.current) shade.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            offers.close();
            settle(text);
          }}
        />
        {text && (
          <button
            type="button"
            class="button quiet"
            aria-label={say.clear}
            title={say.clear}
            onClick={() => {
              type("", 0);
              settle("");
              offers.close();
            }}
          >
            ✕
          </button>
        )}
        <span class="total dim" role="status">
          {count !== undefined && say.runs(count)}
        </span>
      </div>
      {failure && (
        <div id="filter-failure" class="failure" role="alert">
          {failureText(failure)}
          {failure.hint && <span class="dim"> {failure.hint}</span>}
        </div>
      )}
      <Offers offers={offers} take={take} hidden={failure !== undefined && !offers.list.length} />
    </div>
  );
}

/** Where the server found a mistake, from 0 to before. */
function mistake(failure: Failure | undefined, shift: number): [number, number] | null {
  const column = failure?.detail.column;
  if (typeof column !== "number") return null;
  const length = typeof failure?.detail.length === "number" ? failure.detail.length : 1;
  const from = column - 1 - shift;
  return [from, from + Math.max(1, length)];
}

/** A word cut where a mistake begins and ends. */
function parts(word: Word, from: number, to: number): { at: number; text: string; wrong: boolean }[] {
  const cuts = [0, from - word.at, to - word.at, word.text.length];
  const bounds = cuts.map((cut) => Math.max(0, Math.min(word.text.length, cut)));
  return [0, 1, 2]
    .map((index) => ({
      at: word.at + bounds[index]!,
      text: word.text.slice(bounds[index], bounds[index + 1]),
      wrong: index === 1,
    }))
    .filter((part) => part.text);
}

function Shade({ text, mistake }: { text: string; mistake: [number, number] | null }) {
  const [from, to] = mistake ?? [-1, -1];
  return (
    <>
      {words(text).flatMap((word) =>
        parts(word, from, to).map((part) => (
          <span key={part.at} class={`${word.kind}${part.wrong ? " wrong" : ""}`}>
            {part.text}
          </span>
        )),
      )}
      {mistake && from >= text.length && <span class="wrong"> </span>}
    </>
  );
}

interface OfferState {
  list: readonly Offer[];
  place: Wanted | null;
  at: number;
  setAt: (at: number) => void;
  /** Gives whether something may be meant where somebody types. */
  look: (text: string, caret: number) => boolean;
  close: () => void;
  keyDown: (event: KeyboardEvent, take: (offer: Offer) => void) => boolean;
}

function useOffers(room: Room, field: { current: HTMLInputElement | null }): OfferState {
  const [place, setPlace] = useState<Wanted | null>(null);
  const [found, setFound] = useState<readonly Offer[]>([]);
  const [at, setAt] = useState(-1);
  const { names: search } = place ?? {};
  useEffect(() => {
    if (!search) return;
    let asked = true;
    const timer = setTimeout(async () => {
      const list = await names(search.kind, room.experimentId, search.search, OFFERED).catch(() => []);
      if (asked)
        setFound(list.map((each) => ({ text: written(search.kind, each.name, each.column), runs: each.runs })));
    }, 100);
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }, [search?.kind, search?.search, room]);
  const whole = (place?.fields ?? []).map((text): Offer => ({ text }));
  const list = place ? (search ? found : whole).filter((each) => each.text !== place.typed) : [];
  const close = () => {
    setPlace(null);
    setAt(-1);
  };
  return {
    list,
    place,
    at: Math.min(at, list.length - 1),
    setAt,
    close,
    look: (text, caret) => {
      setAt(-1);
      if (!search) setFound([]);
      const next = text.trim() ? wanted(text, caret) : null;
      setPlace(next);
      return next !== null && next.typed !== "";
    },
    keyDown: (event, take) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !list.length) {
        const { value, selectionStart } = field.current!;
        setPlace(wanted(value, selectionStart ?? value.length));
      } else if (step) setAt((at + step + list.length + (at < 0 && step < 0 ? 1 : 0)) % list.length);
      else if (event.key === "Escape" && list.length) close();
      else if ((event.key === "Enter" || event.key === "Tab") && list[at]) take(list[at]);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

function Offers({ offers, take, hidden }: { offers: OfferState; take: (offer: Offer) => void; hidden: boolean }) {
  const { list, at } = offers;
  return (
    <div
      id="filter-offers"
      class="offers"
      role="listbox"
      aria-label={tableWords().suggestions}
      hidden={hidden || !list.length}
    >
      {list.map((offer, index) => (
        <div
          key={offer.text}
          id={`offer-${index}`}
          role="option"
          aria-selected={index === at}
          // Before the field loses the focus, which would close the list.
          onPointerDown={(event) => {
            event.preventDefault();
            take(offer);
          }}
          onMouseMove={() => offers.setAt(index)}
        >
          <span class="mono cut grow">{offer.text}</span>
          {offer.runs !== undefined && <span class="dim small">{tableWords().runs(offer.runs)}</span>}
        </div>
      ))}
    </div>
  );
}
