/** One canvas with axes, a selection and a cursor; numbers are of the scene, places in CSS pixels from the corner of the plot. */
import { type Colours, DRAG, drawn, FONT, type Host, unproject, xMarks, yMarks } from "./easel";
import { projection } from "./scale";
import type { Scene } from "./scene";
import type { Range } from "./settings";

const PAD = { top: 8, right: 10, bottom: 22 };
const TICK = 3;
const GAP = 6;

interface Place {
  left: number;
  top: number;
}

/** A whole pixel of the canvas, so that hairlines are sharp. */
const crisp = (at: number): number => Math.round(at) + 0.5;

function layer(name: string): HTMLDivElement {
  const made = document.createElement("div");
  made.className = name;
  return made;
}

export class Engine {
  readonly canvas = document.createElement("canvas");
  /** The element over the plot. */
  readonly over = layer("easel-over");
  readonly #line = layer("easel-cursor");
  readonly #box = layer("easel-select");
  readonly #stop = new AbortController();
  readonly #context = this.canvas.getContext("2d");
  #highlighted: string | null = null;
  #side = 40;
  #from: Place | null = null;
  #planned = false;
  readonly #host: Host;
  #scene: Scene;
  #colours: Colours;
  #width: number;
  #height: number;

  constructor(root: HTMLElement, host: Host, scene: Scene, colours: Colours, width: number, height: number) {
    this.#host = host;
    this.#scene = scene;
    this.#colours = colours;
    this.#width = width;
    this.#height = height;

    this.over.append(this.#line, this.#box);
    root.append(this.canvas, this.over);
    this.#listen();
    this.#followRatio();
    this.#resized();
  }

  /** Where the plot is within the canvas. */
  get area(): { left: number; top: number; width: number; height: number } {
    const width = Math.max(1, this.#width - this.#side - PAD.right);
    return { left: this.#side, top: PAD.top, width, height: Math.max(1, this.#height - PAD.top - PAD.bottom) };
  }

  show(scene: Scene, colours: Colours): void {
    this.#scene = scene;
    this.#colours = colours;
    this.#plan();
  }

  /** Let a line stand out; null is none. */
  emphasise(name: string | null): void {
    if (name === this.#highlighted) return;
    this.#highlighted = name;
    this.#plan();
  }

  resize(width: number, height: number): void {
    if (this.#width === width && this.#height === height && this.canvas.width === this.#pixels(width)) return;
    this.#width = width;
    this.#height = height;
    this.#resized();
  }

  /** The cursor's line at an x, or away. */
  cursor(x: number | null): void {
    const left = x === null ? -1 : this.toLeft(x);
    this.#line.hidden = left < 0 || left > this.area.width;
    this.#line.style.transform = `translateX(${left}px)`; // moves without the page being laid out
  }

  toLeft(x: number): number {
    return projection(this.#scene.x, 0, this.area.width)(x);
  }

  toTop(y: number): number {
    return projection(this.#scene.y, this.area.height, 0)(y);
  }

  toX(left: number): number {
    return unproject(this.#scene.x, left / this.area.width);
  }

  destroy(): void {
    this.#stop.abort();
    this.canvas.remove();
    this.over.remove();
  }

  #pixels(length: number): number {
    return Math.round(length * devicePixelRatio);
  }

  #resized(): void {
    this.canvas.width = this.#pixels(this.#width);
    this.canvas.height = this.#pixels(this.#height);
    this.canvas.style.width = `${this.#width}px`;
    this.canvas.style.height = `${this.#height}px`;
    this.#draw(); // a canvas of another size is empty: it is filled before it is seen
  }

  /** On a screen of another density, or when the page is magnified, the canvas has another number of pixels. */
  #followRatio(): void {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.#followRatio();
        this.#resized();
      },
      { once: true, signal: this.#stop.signal },
    );
  }

  /** Draw once all that is done now is done: in this frame still, for who zooms waits for it. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (!this.#stop.signal.aborted) this.#draw();
    });
  }

  #draw(): void {
    const [context, canvas, colours] = [this.#context, this.canvas, this.#colours];
    if (!context || !this.#width) return;
    const ratio = devicePixelRatio;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.font = `${FONT * ratio}px ${colours.font}`;
    context.lineWidth = Math.max(1, Math.round(ratio));
    const y = yMarks(this.#scene, this.area.height);
    // It only grows, so that plots do not move sideways while a run is followed.
    const widest = Math.max(0, ...y.texts.map((text) => context.measureText(text).width / ratio));
    this.#side = Math.max(this.#side, Math.ceil((widest + 12) / 4) * 4);
    const { left, top, width, height } = this.area;
    this.#lay(`${left}px`, `${top}px`, `${width}px`, `${height}px`);
    this.#axes(
      context,
      y.texts,
      y.ticks.map((each) => (top + this.toTop(each)) * ratio),
      ratio,
    );
    const place = { left: left * ratio, top: top * ratio, width: width * ratio, height: height * ratio, ratio };
    drawn(context, place, this.#scene, colours, this.#highlighted);
  }

  /** Put the element over the plot where the plot is now; as a rule it is there. */
  #lay(left: string, top: string, width: string, height: string): void {
    const { style } = this.over;
    if (style.left !== left || style.width !== width || style.height !== height)
      Object.assign(style, { left, top, width, height });
  }

  #axes(context: CanvasRenderingContext2D, texts: string[], heights: number[], ratio: number): void {
    const { left, top, width, height } = this.area;
    const [start, end, bottom] = [left * ratio, (left + width) * ratio, crisp((top + height) * ratio)];
    const stroke = (colour: string, lines: readonly (readonly [number, number, number, number])[]) => {
      context.strokeStyle = colour;
      context.beginPath();
      for (const [x, y, toX, toY] of lines) {
        context.moveTo(x, y);
        context.lineTo(toX, toY);
      }
      context.stroke();
    };
    stroke(
      this.#colours.grid,
      heights.map((at) => [start, crisp(at), end, crisp(at)]),
    );
    const x = xMarks(this.#scene, width);
    const places = x.ticks.map((each) => (left + this.toLeft(each)) * ratio);
    const marks = places.map((at) => [crisp(at), bottom, crisp(at), bottom + TICK * ratio] as const);
    stroke(this.#colours.axis, [[start, bottom, end, bottom], ...marks]);
    context.fillStyle = this.#colours.text;
    context.textBaseline = "middle";
    context.textAlign = "right";
    texts.forEach((text, index) => void context.fillText(text, start - GAP * ratio, heights[index]!));
    context.textBaseline = "top";
    context.textAlign = "center";
    // The last one would be cut off where it reaches over the edge: it stands beside its mark then.
    const last = context.measureText(x.texts[x.texts.length - 1] ?? "").width / 2;
    const most = this.canvas.width - last - ratio;
    x.texts.forEach((text, index) => {
      context.fillText(text, Math.min(places[index]!, most), bottom + (TICK + 4) * ratio);
    });
  }

  #at(event: MouseEvent): Place {
    const { left, top } = this.over.getBoundingClientRect();
    return { left: event.clientX - left, top: event.clientY - top };
  }

  #listen(): void {
    const { signal } = this.#stop;
    const { over } = this;
    this.#line.hidden = true;
    this.#box.hidden = true;
    over.addEventListener("pointermove", (event) => this.#moved(this.#at(event), event.shiftKey), { signal });
    over.addEventListener(
      "pointerleave",
      () => {
        if (!this.#from) this.#host.onPointer(null);
      },
      { signal },
    );
    over.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button || event.pointerType === "touch") return; // a finger scrolls
        this.#from = this.#at(event);
        over.setPointerCapture(event.pointerId);
        // Who drags points at nothing: to tell of points at each step would hold up the picture that is wanted.
        this.#host.onPointer(null);
      },
      { signal },
    );
    over.addEventListener("pointerup", (event) => this.#released(this.#at(event), event.shiftKey), { signal });
    over.addEventListener("pointercancel", () => this.#drop(), { signal });
    over.addEventListener("dblclick", () => this.#host.onBack(), { signal });
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.#host.onWheel(this.toX(this.#at(event).left), event.deltaY > 0 ? 1.25 : 0.8);
    };
    over.addEventListener("wheel", wheel, { signal, passive: false });
  }

  #moved(at: Place, boxed: boolean): void {
    if (this.#from) {
      this.#mark(this.#selection(this.#from, at), boxed);
      return;
    }
    const { width, height } = this.area;
    const inside = at.left >= 0 && at.left <= width && at.top >= 0 && at.top <= height;
    this.#host.onPointer(inside ? at : null);
  }

  #selection(from: Place, to: Place): { x: Range; y: Range } {
    const { width, height } = this.area;
    const within = (a: number, b: number, most: number): Range => [
      Math.max(0, Math.min(a, b)),
      Math.min(most, Math.max(a, b)),
    ];
    return { x: within(from.left, to.left, width), y: within(from.top, to.top, height) };
  }

  #mark({ x, y }: { x: Range; y: Range }, boxed: boolean): void {
    const [top, bottom] = boxed ? y : [0, this.area.height];
    this.#box.hidden = x[1] - x[0] < DRAG;
    const style = { left: `${x[0]}px`, width: `${x[1] - x[0]}px`, top: `${top}px`, height: `${bottom - top}px` };
    Object.assign(this.#box.style, style);
  }

  #released(at: Place, boxed: boolean): void {
    if (!this.#from) return;
    const { x, y } = this.#selection(this.#from, at);
    this.#drop();
    if (x[1] - x[0] < DRAG) return;
    const toY = (top: number) => unproject(this.#scene.y, 1 - top / this.area.height);
    const chosen: Range | null = boxed && y[1] - y[0] >= DRAG ? [toY(y[1]), toY(y[0])] : null;
    this.#host.onSelect([this.toX(x[0]), this.toX(x[1])], chosen);
  }

  #drop(): void {
    this.#from = null;
    this.#box.hidden = true;
  }
}
