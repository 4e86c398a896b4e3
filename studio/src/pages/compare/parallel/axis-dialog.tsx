/** Chooses the axes: any parameter or tag that differs, and any metric. */
import { useState } from "preact/hooks";
import { type Column, columnText } from "../../../table/column";
import { Dialog } from "../../../ui/dialog";
import { pageWords } from "./words";

interface Props {
  params: readonly Column[];
  metrics: readonly Column[];
  tags: readonly Column[];
  chosen: readonly Column[];
  onChoose: (columns: readonly Column[] | null) => void;
  onClose: () => void;
}

/** Further ones are found by their name. */
const SHOWN = 60;

/** One metric has one axis here, whichever figure of it is shown. */
const keyOf = (column: Column): string =>
  column.kind === "metric" ? columnText({ ...column, stat: "last" }) : columnText(column);

export function nameOf(column: Column): string {
  return column.kind === "metric" && column.column !== "value" ? `${column.name} [${column.column}]` : column.name;
}

export function AxisDialog({ params, metrics, tags, chosen, onChoose, onClose }: Props) {
  const say = pageWords();
  const [search, setSearch] = useState("");
  const has = new Set(chosen.map(keyOf));
  const put = (column: Column, on: boolean) =>
    onChoose(on ? [...chosen, column] : chosen.filter((each) => keyOf(each) !== keyOf(column)));
  const parts = [
    { title: say.params, columns: params },
    { title: say.metrics, columns: metrics },
    { title: say.tags, columns: tags },
  ]
    .map(({ title, columns }) => {
      const found = columns.filter((each) => nameOf(each).toLowerCase().includes(search.toLowerCase()));
      return { title, found: found.slice(0, SHOWN), more: found.length - SHOWN };
    })
    .filter((part) => part.found.length);
  return (
    <Dialog
      title={say.chooseAxes}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={() => onChoose(null)}>
            {say.usual}
          </button>
          <button type="button" class="button primary" onClick={onClose}>
            {say.done}
          </button>
        </>
      }
    >
      <input
        class="field"
        type="search"
        aria-label={say.search}
        placeholder={say.search}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      {!parts.length && <p class="dim">{say.nothing}</p>}
      {parts.map(({ title, found, more }) => (
        <fieldset key={title} class="axis-choices">
          <legend>{title}</legend>
          {found.map((column) => {
            const on = has.has(keyOf(column));
            return (
              <label key={keyOf(column)} title={nameOf(column)}>
                <input
                  type="checkbox"
                  checked={on}
                  disabled={on && chosen.length === 1}
                  onChange={(event) => put(column, event.currentTarget.checked)}
                />
                <span class="cut">{nameOf(column)}</span>
              </label>
            );
          })}
          {more > 0 && <p class="dim">{say.more(more)}</p>}
        </fieldset>
      ))}
    </Dialog>
  );
}
