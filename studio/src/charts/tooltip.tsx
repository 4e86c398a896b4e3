/** What stands where somebody points: of each line its last value, its extremes and how many points these are. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { aligned, clock, count, fixed, moment, number, precise } from "../base/number";
import type { Curve } from "./curve";
import type { Engine } from "./engine";
import type { Hovered } from "./pointing";
import { nearestX, type Pointed } from "./pointing";
import type { Scene } from "./scene";
import type { XKind } from "./settings";
import { xTexts } from "./ticks";
import { chartWords } from "./words";

const ROWS = 12;

/** An x as it is read: a clock time, a time since the start, or a number; times so that what is so far `apart` is told apart. */
export function xText(kind: XKind, x: number, apart = 1): string {
  const digits = Math.min(6, Math.ceil(Math.max(0, -Math.log10(apart))));
  const at = Number(x.toFixed(digits));
  if (kind === "relative") return xTexts(kind, [at], digits ? 10 ** -digits : 60)[0]!;
  if (kind !== "time") return number(x);
  return `${moment(at)} (${clock(at)}${digits ? fixed(at % 1, digits).slice(1) : ""})`;
}

/** How far a place of a line is from the nearest beside it, or from the start. */
export function apartOf({ x, width }: Curve, index: number): number {
  const at = x[index]!;
  const gaps = [x[index - 1]! - at, x[index + 1]! - at, at].map(Math.abs);
  return width || Math.min(...gaps.filter((gap) => gap > 0));
}

/** How far a bucket goes from its middle: of whole numbers to the last that it holds. */
export function halfOf({ xKind }: Pick<Scene, "xKind">, width: number): number {
  return xKind === "step" || xKind === "index" ? Math.max(0, (width - 1) / 2) : width / 2;
}

/** The x of a point, or from where to where its bucket goes: about so where whole buckets of the source are counted. */
export function placeText(scene: Scene, curve: Curve, index: number): string {
  const { width, level = 1 } = curve;
  const x = curve.x[index]!;
  const half = halfOf(scene, width);
  const text = (at: number) => xText(scene.xKind, at, apartOf(curve, index));
  return (width && level > 1 ? "≈ " : "") + (half ? `${text(x - half)} – ${text(x + half)}` : text(x));
}

export function xName(scene: Pick<Scene, "xKind" | "xName">): string {
  return scene.xKind === "metric" ? scene.xName : chartWords().axes[scene.xKind];
}

/** What a point is exactly, where it is one; else its last value as short as its neighbours. */
function valueText({ curve, index }: Pointed, { unit }: Scene): string {
  if (unit) return unit.text(curve.y[index]!);
  return curve.exact ? precise(curve.y[index]!) : aligned(curve.y[index]!);
}

/** What a line and its band are called. */
function heads({ band, exact }: Curve): readonly string[] {
  const say = chartWords();
  return band ? say.bands[band] : [exact ? say.value : say.last, say.range];
}

/** How far the band goes: on both sides of the line alike, or from where to where. */
function rangeText({ curve, index }: Pointed): string {
  const [low, high] = [curve.low?.[index], curve.high?.[index]];
  if (low === undefined || high === undefined || low === high) return "";
  if (curve.band === "std" || curve.band === "error") return `± ${number(Number(((high - low) / 2).toPrecision(2)))}`;
  return `${aligned(low)} – ${aligned(high)}`;
}

function smoothText({ curve, index }: Pointed): string {
  const { smooth } = curve;
  return smooth ? aligned(smooth.y[nearestX(smooth.x, curve.x[index]!)]!) : "";
}

/** How many points a line has here, about so many where whole buckets of its source are counted; of a group how many runs. */
function countText(curve: Curve, index: number): string {
  const { of, level = 1 } = curve;
  const found = curve.count?.[index] ?? 1;
  if (of !== undefined) return (found < of ? `${count(found)} / ` : "") + chartWords().runs(of);
  return found > 1 ? (level > 1 ? "≈ " : "") + chartWords().points(found) : "";
}

/** Those that are listed: by value, the largest first, never without the nearest. */
function listed(points: readonly Pointed[]): { rows: Pointed[]; left: number } {
  const chosen = points.slice(0, ROWS);
  const rows = chosen.sort((a, b) => b.curve.y[b.index]! - a.curve.y[a.index]!);
  return { rows, left: points.length - rows.length };
}

/** The same in one sentence, for those who listen. */
export function told({ points }: Hovered, scene: Scene): string {
  const nearest = points[0];
  if (!nearest) return "";
  const x = `${xName(scene)} ${placeText(scene, nearest.curve, nearest.index)}`;
  const range = rangeText(nearest);
  const parts = [
    valueText(nearest, scene),
    range && `${heads(nearest.curve)[1]} ${range}`,
    countText(nearest.curve, nearest.index),
  ];
  return `${x}: ${nearest.curve.label} ${parts.filter(Boolean).join(", ")}`;
}

export function Tooltip({ hovered, scene, easel }: { hovered: Hovered; scene: Scene; easel: Engine }) {
  const element = useRef<HTMLDivElement>(null);
  const { points, left } = hovered;
  useLayoutEffect(() => {
    const own = element.current!;
    const place = easel.over.getBoundingClientRect();
    own.style.left = own.style.top = "0";
    const size = own.getBoundingClientRect(); // where 0 is: of a page that moves its parts about, not in the window's corner
    const right = place.left + left + 14;
    const fits = right + size.width < innerWidth - 4;
    own.style.left = `${(fits ? right : Math.max(4, place.left + left - 14 - size.width)) - size.left}px`;
    own.style.top = `${Math.max(4, Math.min(place.top, innerHeight - size.height - 4)) - size.top}px`;
  });
  const nearest = points[0];
  if (!nearest) return null;
  const { rows, left: more } = listed(points);
  const say = chartWords();
  const smooth = rows.some((each) => each.curve.smooth);
  const bands = rows.some((each) => rangeText(each));
  const names = heads(nearest.curve);
  const at = placeText(scene, nearest.curve, nearest.index);
  // A line whose point is elsewhere says where.
  const beside = rows.map(({ curve, index }) => {
    const own = placeText(scene, curve, index);
    const away = own !== at && curve.x[index] !== nearest.curve.x[nearest.index];
    return [away && say.at(own), countText(curve, index)].filter(Boolean).join(" · ");
  });
  const counts = beside.some(Boolean);
  return (
    <>
      <Dots points={rows} area={easel.area} />
      <div class="chart-tip" ref={element} aria-hidden="true">
        <div class="at">
          <span class="dim">{xName(scene)}</span> {at}
        </div>
        <div class="rows" style={{ "--figures": String(1 + +smooth + +bands + +counts) } as never}>
          {(smooth || bands || nearest.curve.band) && (
            <div class="row names">
              <span />
              <span class="num">{names[0]}</span>
              {smooth && <span class="num">{say.smoothed}</span>}
              {bands && <span class="num">{names[1]}</span>}
              {counts && <span />}
            </div>
          )}
          {rows.map((each, row) => (
            <div key={each.curve.run ?? each.curve.label} class={each === nearest ? "row nearest" : "row"}>
              <span class="who cut">
                <span class="chip" style={{ background: each.curve.ink.colour }} />
                <span class="cut">{each.curve.label}</span>
              </span>
              <span class="num strong">{valueText(each, scene)}</span>
              {smooth && <span class="num">{smoothText(each)}</span>}
              {bands && <span class="num dim">{rangeText(each)}</span>}
              {counts && <span class="num dim">{beside[row]}</span>}
            </div>
          ))}
        </div>
        {more > 0 && <div class="dim">{chartWords().moreLines(more)}</div>}
      </div>
    </>
  );
}

/** A dot on each point that is listed. */
function Dots({ points, area }: { points: readonly Pointed[]; area: Engine["area"] }) {
  return (
    <div class="dots" style={{ left: `${area.left}px`, top: `${area.top}px` }}>
      {points.map(
        ({ curve, left, top }) =>
          top >= -2 &&
          top <= area.height + 2 && (
            <span
              key={curve.run ?? curve.label}
              style={{ background: curve.ink.colour, transform: `translate(${left}px, ${top}px)` }}
            />
          ),
      )}
    </div>
  );
}
