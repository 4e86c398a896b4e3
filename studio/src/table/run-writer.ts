/** Writes what changed of a run into the elements of its line, and nothing else. */

import { render } from "preact";
import { nameOf } from "../api/run";
import type { Ink } from "../base/colour";
import { address } from "../base/place";
import type { Row } from "./asking";
import { changed, content, contentKey, NONE, numeric, plainText } from "./cell";
import { type Column, columnText } from "./column";
import { FIRST_ROW, type Frame, lineId } from "./row";
import { tableWords } from "./words";

export interface RunProps extends Frame {
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

export class RunWriter {
  readonly #box: HTMLInputElement;
  readonly #nameCell: Element;
  readonly #eye: Element;
  readonly #chip: HTMLElement;
  readonly #link: HTMLAnchorElement;
  readonly #name: Text;
  readonly #fold: HTMLElement;
  readonly #cells: readonly Cell[];
  #now: RunProps | undefined;
  #look = "";
  readonly #root: HTMLElement;

  /** For the elements that `RunLine` makes. */
  constructor(root: HTMLElement, columns: readonly Column[]) {
    this.#root = root;

    const [box, name, ...cells] = root.children as unknown as HTMLElement[];
    this.#box = box!.firstElementChild as HTMLInputElement;
    this.#nameCell = name!;
    const [eye, link, fold] = name!.children as unknown as HTMLElement[];
    this.#eye = eye!;
    this.#chip = eye!.firstElementChild as HTMLElement;
    this.#link = link as HTMLAnchorElement;
    this.#name = link!.firstChild as Text;
    this.#fold = fold!;
    this.#cells = columns.map((column, index) => new Cell(cells[index]!, column));
  }

  write(next: RunProps): void {
    const now = this.#now;
    this.#now = next;
    this.#writeFrame(next, now);
    if (next.ink !== now?.ink || !now) this.#writeInk(next.ink);
    if (next.below !== now?.below) this.#nameCell.className = next.below ? "name below" : "name";
    if (next.row === now?.row && next.sorted === now.sorted && next.open === now.open) return;
    this.#writeRun(next);
    for (const cell of this.#cells) cell.write(next.row, next.sorted);
  }

  /** Lets go of what was mounted in cells. */
  end(): void {
    for (const cell of this.#cells) cell.end();
  }

  #writeFrame(next: RunProps, now: RunProps | undefined): void {
    const root = this.#root;
    if (next.top !== now?.top) root.style.transform = `translateY(${next.top}px)`;
    if (next.line !== now?.line) root.setAttribute("aria-rowindex", String(next.line + FIRST_ROW));
    if (next.selected !== now?.selected) root.setAttribute("aria-selected", String(next.selected));
    // A click has changed the box already, also where what is chosen stays.
    if (next.selected !== this.#box.checked) this.#box.checked = next.selected;
    if (next.active) root.id = lineId(next.line);
    else if (now?.active) root.removeAttribute("id");
    const look = lookOf(next);
    if (look !== this.#look) root.className = look;
    this.#look = look;
  }

  #writeInk(ink: Ink | undefined): void {
    this.#eye.setAttribute("aria-pressed", String(ink !== undefined));
    this.#chip.className = ink ? "chip" : "chip hollow";
    this.#chip.style.background = ink?.colour ?? "";
  }

  #writeRun({ row, open }: RunProps): void {
    this.#name.data = nameOf(row.run);
    this.#link.href = hrefOf(row);
    this.#fold.hidden = open === null;
    if (open === null) return;
    this.#fold.setAttribute("aria-expanded", String(open));
    this.#fold.firstElementChild!.textContent = open ? "▾" : "▸";
    this.#fold.lastElementChild!.textContent = ` ${tableWords().children(row.children)}`;
  }
}

export function hrefOf({ run }: Row): string {
  return address(["experiments", run.experiment, "runs", run.run_id]);
}

function lookOf({ selected, light, active, row }: RunProps): string {
  return `row ${selected ? "chosen" : ""}${light ? " light" : ""}${row.run.hidden ? " archived" : ""}${active ? " active" : ""}`;
}

/** The cell of a column. */
class Cell {
  readonly #text = new Text();
  readonly #numeric: string;
  readonly #key: string;
  /** What it says; where something is mounted in it, what that says. */
  #said = "";
  #mounted = false;
  #look = "";
  #element: HTMLElement;
  readonly #column: Column;

  constructor(element: HTMLElement, column: Column) {
    this.#element = element;
    this.#column = column;

    this.#numeric = numeric(column) ? "num" : "";
    this.#key = columnText(column);
    element.append(this.#text);
  }

  write(row: Row, sorted: string): void {
    const tint = changed(row, this.#column);
    if (tint) this.#renew();
    const text = plainText(row, this.#column);
    if (text === null) this.#mount(row);
    else {
      if (this.#mounted) this.end();
      if (text !== this.#said) this.#text.data = text;
      this.#said = text;
    }
    const kind = text === NONE ? " dim" : this.#key === sorted ? " strong" : "";
    const look = `${this.#numeric}${kind}${tint ? " tint" : ""}`;
    if (look !== this.#look) this.#element.className = look;
    this.#look = look;
  }

  end(): void {
    if (!this.#mounted) return;
    render(null, this.#element);
    this.#element.append(this.#text);
    this.#mounted = false;
    this.#said = this.#text.data;
  }

  #mount(row: Row): void {
    const [column, element] = [this.#column, this.#element];
    const said = contentKey(row, column);
    if (this.#mounted && said === this.#said) return;
    if (!this.#mounted) this.#text.remove();
    render(content(row, column), element);
    this.#mounted = true;
    this.#said = said;
  }

  /** Another element in its place, so that its tint begins anew. */
  #renew(): void {
    this.end();
    const next = this.#element.cloneNode() as HTMLElement;
    next.append(this.#text);
    this.#element.replaceWith(next);
    this.#element = next;
  }
}
