/** A group of runs as a line: what its runs have in common, how many there are, and their figures taken together. */
import type { Ink } from "../base/colour";
import { aligned, count, number } from "../base/number";
import { numeric, valueText } from "./cell";
import { type Column, columnText } from "./column";
import { type Group, type GroupedFigure, groupLabel, groupTitle } from "./grouping";
import { FIRST_COLUMN, type Frame, Line, Still } from "./row";
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
          <span
            key={columnText(column)}
            role="gridcell"
            aria-colindex={index + FIRST_COLUMN}
            class={numeric(column) ? "num" : ""}
          >
            <Together figure={group.figures.get(columnText(column))} of={group.count} aggregate={aggregate} />
          </span>
        ))}
      </Line>
    );
  }
}

interface TogetherProps {
  figure: GroupedFigure | undefined;
  /** How many runs the group has. */
  of: number;
  aggregate: Aggregate;
}

function Together({ figure, of, aggregate }: TogetherProps) {
  if (!figure) return null;
  const { n, mean, std, min, max, median } = figure;
  if (!n || mean === null || mean === undefined) return <span class="dim">–</span>;
  const digits = (value: number | null | undefined) => (value === null || value === undefined ? "–" : aligned(value));
  const say = tableWords();
  const told = { [say.stat.mean]: mean, [say.std]: std, min, [say.aggregates.median!]: median, max };
  const parts = Object.entries(told).map(([name, value]) => `${name} ${valueText(value) || "–"}`);
  const title = [`n = ${count(n)}`, ...parts].join(", ");
  return (
    <span title={title}>
      {aggregate === "median"
        ? digits(median)
        : aggregate === "min-max"
          ? `${digits(min)} – ${digits(max)}`
          : n === 1 || !Number.isFinite(mean)
            ? digits(mean)
            : `${digits(mean)} ± ${short(std)}`}
      {n < of && <span class="dim"> {say.nOf(n, of)}</span>}
    </span>
  );
}

/** A spread needs two digits: more say nothing. */
function short(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : number(Number(value.toPrecision(2)));
}
