/** The lines on two canvases: all of them, and above them the one that stands out, so that pointing draws one line alone. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { canvasSurface, type Surface } from "../paint";
import { drawAll, drawLine } from "./draw";
import type { Scene } from "./scene";

interface Props {
  scene: Scene;
  /** The line that stands out, or -1. */
  hovered: number;
  sentence: string;
}

export function Canvases({ scene, hovered, sentence }: Props) {
  const all = useRef<HTMLCanvasElement>(null);
  const one = useRef<HTMLCanvasElement>(null);
  const ratio = useRatio();
  useLayoutEffect(() => {
    const grey = getComputedStyle(all.current!).color;
    draw(all.current!, scene, ratio, (surface) => drawAll(surface, scene, grey));
  }, [scene, ratio]);
  useLayoutEffect(() => {
    draw(one.current!, scene, ratio, (surface) => {
      if (hovered < 0) return;
      // Its edge in the colour of the ground parts it from what it crosses.
      drawLine(surface, scene, hovered, 6, 0.9, { colour: getComputedStyle(one.current!).color, dash: [] });
      drawLine(surface, scene, hovered, 2.5, 1);
    });
  }, [scene, ratio, hovered]);
  return (
    <>
      <canvas ref={all} class={hovered < 0 ? "all" : "all faded"} role="img" aria-label={sentence} />
      <canvas ref={one} class="one" />
    </>
  );
}

function draw(canvas: HTMLCanvasElement, scene: Scene, ratio: number, work: (surface: Surface) => void): void {
  const { width, height } = scene.layout;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, wide, high);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  work(canvasSurface(context, 1));
}

/** How many pixels the screen has in one of CSS; another after a zoom, or on another screen. */
function useRatio(): number {
  const [ratio, setRatio] = useState(globalThis.devicePixelRatio || 1);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${ratio}dppx)`);
    const changed = () => setRatio(devicePixelRatio || 1);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, [ratio]);
  return ratio;
}
