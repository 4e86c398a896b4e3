/** Horizontal bars from zero with their numbers: a table that one can also look at. */
import type { ReadonlySignal } from "@preact/signals";
import type { Ink } from "../base/colour";
import { exact } from "../base/number";
import { nameOf } from "./paint";
import { columnTexts } from "./ticks";

export interface Bar {
  key: string;
  label: string;
  value: number;
  ink?: Ink;
  run?: string;
}

interface Props {
  bars: readonly Bar[];
  caption: string;
  highlight?: ReadonlySignal<string | null>;
  onHighlight?: (name: string | null) => void;
}

export function HBars({ bars, caption, highlight, onHighlight }: Props) {
  const highlighted = highlight?.value ?? null;
  const finite = bars.map((bar) => bar.value).filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const texts = columnTexts(bars.map((bar) => bar.value));
  const share = (value: number) => ((value - low) / (high - low || 1)) * 100;
  return (
    <table class="chart-bars" aria-label={caption} onPointerLeave={() => onHighlight?.(null)}>
      <tbody>
        {bars.map(({ key, label, value, ink, run }, row) => {
          const name = nameOf({ run: run ?? null, label });
          const from = Math.min(share(0), share(value));
          return (
            <tr
              key={key}
              class={highlighted !== null && highlighted !== name ? "faded" : undefined}
              onPointerEnter={() => run && onHighlight?.(run)}
            >
              <th scope="row" class="cut" title={label}>
                {label}
              </th>
              <td class="track" aria-hidden="true">
                {Number.isFinite(value) && (
                  <span
                    style={{
                      left: `${from}%`,
                      width: `${Math.abs(share(value) - share(0))}%`,
                      background: ink?.colour ?? "var(--accent)",
                    }}
                  />
                )}
              </td>
              <td class="num" title={exact(value)}>
                {Number.isNaN(value) ? "–" : texts[row]}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
