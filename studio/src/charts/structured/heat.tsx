/** A confusion matrix of many classes as a picture: the more, the stronger; what a cell holds is said where one points, or goes by keys. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isDark } from "../../base/theme";
import type { BodyProps } from "../kind";
import { Scrolled } from "../scrolled";
import { cut } from "./forms";
import { type HeatProps, Matrix } from "./matrix";

/** Where labels stand, above and to the left; pixels. */
const SIDE = 64;
const SAID = 20;
const [LEAST, MOST] = [4, 32];
/** Labels stand no nearer to each other: others are left out. */
const APART = 12;
/** Canvases of more pixels a side are more than some browsers draw. */
const PIXELS = 4_096;
/** The weakest that is drawn at all is still seen. */
const FAINT = 0.1;

const MOVES: Record<string, readonly [down: number, right: number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

export const HeatMatrix = (props: BodyProps) => <Matrix {...props} Heat={Heat} />;

function Heat({ labels, filled, text, name, height, onCanvas }: HeatProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const mark = useRef<HTMLSpanElement>(null);
  const [at, point] = useState<readonly [row: number, column: number] | null>(null);
  const last = labels.length - 1;
  const cell = Math.max(LEAST, Math.min(MOST, Math.floor((height - SAID - SIDE - 20) / labels.length)));
  const size = SIDE + cell * labels.length;
  const dark = isDark();
  useLayoutEffect(() => {
    draw(canvas.current!, labels, filled, cell, size);
  }, [filled, cell, dark]);
  useLayoutEffect(() => {
    onCanvas(canvas.current);
    return () => onCanvas(null);
  }, []);
  useLayoutEffect(() => mark.current?.scrollIntoView({ block: "nearest", inline: "nearest" }), [at]);
  const said = at ? text(...at) : "";
  return (
    <>
      <p class="chart-heat-said small" aria-live="polite">
        {said}
      </p>
      <Scrolled label={name} height={height - SAID}>
        <div
          class="chart-heat"
          role="img"
          aria-label={`${name}: ${labels.length} × ${labels.length}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: its cells are read with the arrow keys
          tabIndex={0}
          style={{ width: `${size}px`, height: `${size}px` }}
          onKeyDown={(event) => {
            const move = MOVES[event.key];
            if (!move) return;
            event.preventDefault();
            const within = (place: number) => Math.max(0, Math.min(last, place));
            point(at ? [within(at[0] + move[0]), within(at[1] + move[1])] : [0, 0]);
          }}
          onPointerMove={(event) => {
            const { left, top } = event.currentTarget.getBoundingClientRect();
            const row = Math.floor((event.clientY - top - SIDE) / cell);
            const column = Math.floor((event.clientX - left - SIDE) / cell);
            point(Math.min(row, column) < 0 || Math.max(row, column) > last ? null : [row, column]);
          }}
          onPointerLeave={() => point(null)}
        >
          <canvas ref={canvas} style={{ width: `${size}px`, height: `${size}px` }} />
          {at && (
            <span
              ref={mark}
              style={{
                left: `${SIDE + at[1] * cell}px`,
                top: `${SIDE + at[0] * cell}px`,
                width: `${cell}px`,
                height: `${cell}px`,
              }}
            />
          )}
        </div>
      </Scrolled>
    </>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  labels: readonly string[],
  filled: HeatProps["filled"],
  cell: number,
  size: number,
): void {
  const ratio = Math.min(devicePixelRatio, PIXELS / size);
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  context.scale(ratio, ratio);
  context.fillStyle = style.color;
  context.font = `10px ${style.fontFamily}`;
  context.textBaseline = "middle";
  const every = Math.ceil(APART / cell);
  labels.forEach((label, index) => {
    if (index % every) return;
    const place = SIDE + (index + 0.5) * cell;
    context.textAlign = "right";
    context.fillText(cut(label, 10), SIDE - 4, place);
    context.save();
    context.translate(place, SIDE - 4);
    context.rotate(-Math.PI / 2);
    context.textAlign = "left";
    context.fillText(cut(label, 10), 0, 0);
    context.restore();
  });
  context.fillStyle = style.borderTopColor;
  for (let row = 0; row < labels.length; row += 1)
    for (let column = 0; column < labels.length; column += 1) {
      const share = filled(row, column);
      context.globalAlpha = FAINT + (1 - FAINT) * share;
      if (share > 0) context.fillRect(SIDE + column * cell, SIDE + row * cell, cell, cell);
    }
}
