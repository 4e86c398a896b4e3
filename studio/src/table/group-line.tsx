/** A group of runs as a line: what its runs have in common, how many there are, and their figures taken together. */
import type { Ink } from "../base/colour";
import { aligned, exact } from "../base/number";
import { numeric } from "./cell";
import { type Column, columnText } from "./column";
import type { Group, GroupedFigure } from "./grouping";
import { type Frame, Line, Still } from "./row";
import type { Aggregate } from "./view";
import { tableWords } from "./words";

interface Props extends Frame {
  group: Group;
  by: Column | null;
  aggregate: Aggregate;
  open: boolean;
  ink: Ink | undefined;
  language: string;
}

/** A group's value as people read it. */
export function groupLabel(value: unknown): string {
  if (value === null || value === undefined) return tableWords().lacking;
  return typeof value === "string" ? value : typeof value === "number" ? exact(value) : JSON.stringify(value);
}

/** With the name of what they have in common, where the value alone would tell little. */
export function groupTitle(by: Column | null, value: unknown): string {
  const label = groupLabel(value);
  if (!by || by.kind === "own") return label;
  return value === null ? `${label} ${by.name}` : `${by.name} = ${label}`;
}

export class GroupLine extends Still<Props> {
  override render() {
    const { columns, group, by, aggregate, open, ink } = this.props;
    const say = tableWords();
    const label = groupLabel(group.value);
    return (
      <Line frame={this.props} kind="group">
        <span role="gridcell" aria-colindex={1} class="box">
          <span aria-hidden="true">{open ? "▾" : "▸"}</span>
        </span>
        <span role="gridcell" aria-colindex={2} class="name" aria-expanded={open}>
          <span class={ink ? "chip" : "chip hollow"} style={ink ? { background: ink.colour } : {}} />
          <span class="cut strong" title={label}>
            {groupTitle(by, group.value)}
          </span>
          <span class="dim">{say.runs(group.count)}</span>
        </span>
        {columns.map((column, index) => (
          <span key={columnText(column)} role="gridcell" aria-colindex={index + 3} class={numeric(column) ? "num" : ""}>
            <Together figure={group.figures.get(columnText(column))} aggregate={aggregate} />
          </span>
        ))}
      </Line>
    );
  }
}

function Together({ figure, aggregate }: { figure: GroupedFigure | undefined; aggregate: Aggregate }) {
  if (!figure) return null;
  const { n, mean, std, min, max, median } = figure;
  if (!n || mean === null || mean === undefined) return <span class="dim">–</span>;
  const digits = (value: number | null | undefined) => (value === null || value === undefined ? "–" : aligned(value));
  const title = `n = ${n}, mean ${mean}, std ${std}, min ${min}, median ${median}, max ${max}`;
  return (
    <span title={title}>
      {aggregate === "median"
        ? digits(median)
        : aggregate === "min-max"
          ? `${digits(min)} – ${digits(max)}`
          : n === 1
            ? digits(mean)
            : `${digits(mean)} ± ${short(std)}`}
    </span>
  );
}

/** A spread needs two digits: more say nothing. */
function short(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : aligned(Number(value.toPrecision(2)));
}
