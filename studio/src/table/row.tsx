/** One line of a runs table. It is drawn anew only when something of it changed. */

import { Component, type ComponentChildren } from "preact";
import { nameOf } from "../api/run";
import type { Ink } from "../base/colour";
import { address } from "../base/place";
import type { Row } from "./asking";
import { changed, columnTitle, content, numeric } from "./cell";
import { type Column, columnText } from "./column";
import { tableWords } from "./words";

/** The row of line 0, counted as a reader hears it: the head is the first. */
export const FIRST_ROW = 2;
/** Likewise the first column that is chosen: behind the box and the name. */
export const FIRST_COLUMN = 3;

export interface Frame {
  id: string;
  /** Its line, from 0, and where it stands in the body. */
  line: number;
  top: number;
  columns: readonly Column[];
  active: boolean;
}

interface Props extends Frame {
  row: Row;
  below: boolean;
  selected: boolean;
  ink: Ink | undefined;
  /** Of the element that shows its name; stays where the element is used for another run. */
  nameId: string;
  /** Its line in a chart is under the pointer. */
  light: boolean;
  /** Null where nothing can be folded out. */
  open: boolean | null;
  sorted: string;
  language: string;
}

/** Draws only when one of its properties is another. */
export abstract class Still<Own extends object> extends Component<Own> {
  override shouldComponentUpdate(next: Readonly<Own>): boolean {
    // Without a list of what there is: each line on the screen is asked in each frame of scrolling.
    for (const name in next) if (name !== "children" && next[name] !== this.props[name]) return true;
    return false;
  }
}

export function Line({
  frame,
  kind,
  selected,
  children,
}: {
  frame: Frame;
  kind: string;
  selected?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div
      role="row"
      id={frame.id}
      class={`row ${kind}${frame.active ? " active" : ""}`}
      aria-rowindex={frame.line + FIRST_ROW}
      {...(selected === undefined ? {} : { "aria-selected": selected })}
      style={{ transform: `translateY(${frame.top}px)` }}
    >
      {children}
    </div>
  );
}

/** A run. What its cells do is told by `data-do`: the table listens once for all rows. */
export class RunLine extends Still<Props> {
  override render() {
    const { row, below, selected, ink, light, open, columns, sorted, nameId } = this.props;
    const { run } = row;
    const say = tableWords();
    const name = nameOf(run);
    const kind = `${selected ? "chosen" : ""}${light ? " light" : ""}${run.hidden ? " archived" : ""}`;
    return (
      <Line frame={this.props} kind={kind} selected={selected}>
        <span role="gridcell" aria-colindex={1} class="box">
          <input type="checkbox" tabIndex={-1} checked={selected} data-do="select" aria-labelledby={nameId} />
        </span>
        <span role="gridcell" aria-colindex={2} class={below ? "name below" : "name"}>
          <button
            type="button"
            class="eye"
            tabIndex={-1}
            data-do="eye"
            aria-pressed={ink !== undefined}
            aria-label={say.eye}
            title={say.eye}
          >
            <span class={ink ? "chip" : "chip hollow"} style={ink ? { background: ink.colour } : {}} />
          </button>
          <a
            id={nameId}
            class="cut strong"
            href={address(["experiments", run.experiment, "runs", run.run_id])}
            tabIndex={-1}
          >
            {name}
          </a>
          {open !== null && (
            <button type="button" class="fold" tabIndex={-1} data-do="fold" aria-expanded={open} title={say.unfold}>
              <span aria-hidden="true">{open ? "▾" : "▸"}</span> {say.children(row.children)}
            </button>
          )}
        </span>
        {columns.map((column, index) => {
          const key = columnText(column);
          const tint = changed(row, column);
          return (
            <span
              // Another key, another element: so that its tint begins anew.
              key={tint ? `${key} ${run.run_id} ${row.changedAt}` : key}
              role="gridcell"
              aria-colindex={index + FIRST_COLUMN}
              class={`${numeric(column) ? "num" : ""}${key === sorted ? " strong" : ""}${tint ? " tint" : ""}`}
            >
              {content(row, column)}
            </span>
          );
        })}
      </Line>
    );
  }
}

/** A row that is not there yet, or no longer. */
export class WaitingLine extends Still<Frame & { deleted: boolean }> {
  override render() {
    const { columns, deleted } = this.props;
    return (
      <Line frame={this.props} kind="waiting">
        <span role="gridcell" aria-colindex={1} class="box" />
        <span role="gridcell" aria-colindex={2} class="name dim">
          {deleted ? tableWords().deleted : <span class="skeleton" />}
        </span>
        {!deleted &&
          columns.map((column, index) => (
            <span key={index} role="gridcell" aria-colindex={index + FIRST_COLUMN} class={numeric(column) ? "num" : ""}>
              <span class="skeleton" />
            </span>
          ))}
      </Line>
    );
  }
}

export function headTitle(column: Column): ComponentChildren {
  return (
    <>
      <span class="cut">{columnTitle(column)}</span>
      {column.kind === "metric" && <span class="stat">{tableWords().stat[column.stat]}</span>}
    </>
  );
}
