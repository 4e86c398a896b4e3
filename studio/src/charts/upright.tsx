/** Upright bars: how often values lie where. */
import { count, number } from "../base/number";

export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** As many bins as Sturges has it, 60 at most, over what is finite. */
export function bins(values: readonly number[]): Bin[] {
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return [];
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const many = low === high ? 1 : Math.min(60, Math.ceil(Math.log2(finite.length)) + 1);
  const width = (high - low) / many;
  const found = Array.from({ length: many }, (_, index) => ({
    from: low + index * width,
    to: index === many - 1 ? high : low + (index + 1) * width,
    count: 0,
  }));
  for (const value of finite) found[Math.min(many - 1, Math.floor((value - low) / (width || 1)))]!.count += 1;
  return found;
}

interface ColumnsProps {
  bins: readonly Bin[];
  height: number;
  name: string;
  /** Without the ends of the range, where a chart above has them. */
  bare?: boolean;
}

/** Upright bars over a range, with the ends and the highest count written beside. */
export function Columns({ bins: all, height, name, bare }: ColumnsProps) {
  const most = Math.max(1, ...all.map((bin) => bin.count));
  const [first, last] = [all[0], all[all.length - 1]];
  const sentence = all.map((bin) => `${number(bin.from)} – ${number(bin.to)}: ${count(bin.count)}`).join("; ");
  return (
    <div class="chart-columns" role="img" aria-label={`${name}: ${sentence}`} style={{ height: `${height}px` }}>
      <span class="most dim">{count(most)}</span>
      <div class="upright">
        {all.map((bin) => (
          <span
            key={bin.from}
            title={`${number(bin.from)} – ${number(bin.to)}: ${count(bin.count)}`}
            style={{ height: `${(bin.count / most) * 100}%`, flexGrow: bin.to - bin.from || 1 }}
          />
        ))}
      </div>
      {!bare && (
        <span class="ends dim">
          <span>{first ? number(first.from) : ""}</span>
          <span>{last ? number(last.to) : ""}</span>
        </span>
      )}
    </div>
  );
}
