/** A run as a line of the table. */

import { Component, createRef } from "preact";
import { nameOf } from "../api/run";
import { FIRST_COLUMN } from "./row";
import { hrefOf, type RunProps, RunWriter } from "./run-writer";
import { tableWords } from "./words";

/**
 * Preact makes the elements of a line, once; what they say is written by hand. While somebody scrolls, a dozen elements
 * become other runs in each frame, and to compare their hundreds of cells as trees cost more than all else together.
 *
 * What its cells do is told by `data-do`: the table listens once for all rows.
 */
export class RunLine extends Component<RunProps> {
  readonly #root = createRef<HTMLDivElement>();
  #writer: RunWriter | undefined;
  /** Other columns or words, other elements. */
  #making = 0;

  override shouldComponentUpdate(next: Readonly<RunProps>): boolean {
    const same = next.columns === this.props.columns && next.language === this.props.language;
    if (same) this.#writer?.write(next);
    else this.#making += 1;
    return !same;
  }

  override componentDidMount() {
    this.#begin();
  }

  override componentDidUpdate() {
    this.#writer?.end();
    this.#begin();
  }

  override componentWillUnmount() {
    this.#writer?.end();
  }

  #begin() {
    this.#writer = new RunWriter(this.#root.current!, this.props.columns);
    this.#writer.write(this.props);
  }

  override render() {
    const { columns, nameId, row } = this.props;
    const say = tableWords();
    return (
      <div key={this.#making} ref={this.#root} role="row">
        <span role="gridcell" aria-colindex={1} class="box">
          <input type="checkbox" tabIndex={-1} data-do="select" aria-labelledby={nameId} />
        </span>
        <span role="gridcell" aria-colindex={2} class="name">
          <button type="button" class="eye" tabIndex={-1} data-do="eye" aria-label={say.eye} title={say.eye}>
            <span />
          </button>
          <a id={nameId} class="cut strong" href={hrefOf(row)} tabIndex={-1}>
            {nameOf(row.run)}
          </a>
          <button type="button" class="fold" tabIndex={-1} data-do="fold" title={say.unfold} hidden>
            <span aria-hidden="true" />
            <span />
          </button>
        </span>
        {columns.map((_, index) => (
          <span key={index} role="gridcell" aria-colindex={index + FIRST_COLUMN} />
        ))}
      </div>
    );
  }
}
