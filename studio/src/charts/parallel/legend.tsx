/** What the colours say: a ramp with its ends, or the colours of categories; nothing where each run has its own. */
import { number } from "../../base/number";
import { isDark } from "../../base/theme";
import type { Axis } from "./axis";
import { rampBackground } from "./ramp";
import { inkAt } from "./scene";
import { nameOf } from "./text";
import { parallelWords } from "./words";

/** More colours than this are no legend: the axis itself tells them. */
const SHOWN = 4;

export function ColourLegend({ axis }: { axis: Axis | null }) {
  const say = parallelWords();
  const dark = isDark();
  if (!axis) return <span class="legend" />;
  const names = axis.categories.slice().reverse();
  return (
    <span class="legend small" role="img" aria-label={say.colouredBy(nameOf(axis))}>
      <span class="cut strong">{nameOf(axis)}</span>
      {axis.kind === "number" ? (
        <>
          <span class="dim">{number(axis.scale.range[0])}</span>
          <span class="ramp" style={{ background: rampBackground(dark) }} />
          <span class="dim">{number(axis.scale.range[1])}</span>
          {axis.scale.kind === "log" && <span class="dim">{say.logScale}</span>}
        </>
      ) : (
        names.slice(0, SHOWN).map((name, index) => (
          <span key={name} class="of">
            <span
              class="chip"
              style={{ background: inkAt(axis, (names.length - index - 0.5) / names.length, dark).colour }}
            />
            <span class="cut dim">{name}</span>
          </span>
        ))
      )}
      {axis.odds.some(Boolean) && (
        <span class="of">
          <span class="chip" style={{ background: inkAt(axis, Number.NaN, dark).colour }} />
          <span class="dim">{say.noColour}</span>
        </span>
      )}
    </span>
  );
}
