/** One line of a runs table. It is drawn anew only when something of it changed. */

import { Component, type ComponentChildren } from "preact";
import { columnTitle, numeric } from "./cell";
import type { Column } from "./column";
import { tableWords } from "./words";

/** The row of line 0, counted as a reader hears it: the head is the first. */
export const FIRST_ROW = 2;
/** Likewise the first column that is chosen: behind the box and the name. */
export const FIRST_COLUMN = 3;

export interface Frame {
  /** Its line, from 0, and where it stands in the body. */
  line: number;
  top: number;
  columns: readonly Column[];
  active: boolean;
}

/** Draws only when one of its properties is another. */
export abstract class Still<Own extends object> extends Component<Own> {
  override shouldComponentUpdate(next: Readonly<Own>): boolean {
    // Without a list of what there is: each line on the screen is asked in each frame of scrolling.
    for (const name in next) if (name !== "children" && next[name] !== this.props[name]) return true;
    return false;
  }
}

/** The id of a line; only the one that keys act on bears it, since nothing else is named by the grid. */
export const lineId = (line: number) => `line-${line}`;

export function Line({ frame, kind, children }: { frame: Frame; kind: string; children: ComponentChildren }) {
  return (
    <div
      role="row"
      id={frame.active ? lineId(frame.line) : undefined}
      class={`row ${kind}${frame.active ? " active" : ""}`}
      aria-rowindex={frame.line + FIRST_ROW}
      style={{ transform: `translateY(${frame.top}px)` }}
    >
      {children}
    </div>
  );
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
