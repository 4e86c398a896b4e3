/** One canvas with axes, a selection and a cursor (uPlot); lines are ours: steps that repeat or turn back fit in no table of shared x. */
import uPlot from "uplot";
import { type Colours, DRAG, drawn, type Easel, FONT, type Host, type Marks, unproject, xMarks, yMarks } from "./easel";
import { projection } from "./scale";
import type { Scene } from "./scene";
import type { Range } from "./settings";

/** uPlot works on an even scale from 0 to 1; where numbers stand on it is said by our own scales. */
const UNIT = { time: false, auto: false, range: [0, 1] as uPlot.Range.MinMax };

export class Engine implements Easel {
  private readonly plot: uPlot;
  private highlighted: string | null = null;
  private boxed = false;
  private pressed = false;
  private side = 40;

  constructor(
    root: HTMLElement,
    private readonly host: Host,
    private scene: Scene,
    private colours: Colours,
    width: number,
    height: number,
  ) {
    this.plot = new uPlot(
      this.options(width, height),
      [
        [0, 1],
        [null, null],
      ] as uPlot.AlignedData,
      root,
    );
    this.plot.over.addEventListener("wheel", this.onWheel, { passive: false });
  }

  get canvas(): HTMLCanvasElement {
    return this.plot.ctx.canvas;
  }

  /** The element over the plot, and the plot's place in it, in CSS pixels. */
  get over(): HTMLElement {
    return this.plot.over;
  }

  get area(): { left: number; top: number; width: number; height: number } {
    const { left, top, width, height } = this.plot.bbox;
    const ratio = uPlot.pxRatio;
    return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  }

  show(scene: Scene, colours: Colours): void {
    this.scene = scene;
    this.colours = colours;
    this.plot.redraw(false, true);
  }

  /** Let a line stand out; null is none. */
  emphasise(name: string | null): void {
    if (name === this.highlighted) return;
    this.highlighted = name;
    this.plot.redraw(false, false);
  }

  resize(width: number, height: number): void {
    if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
  }

  /** The cursor's line at an x, or away. */
  cursor(x: number | null): void {
    const { width } = this.area;
    const left = x === null ? -10 : this.toLeft(x);
    const inside = left >= 0 && left <= width;
    this.plot.setCursor({ left: inside ? left : -10, top: inside ? 0 : -10 }, false);
  }

  toLeft(x: number): number {
    return projection(this.scene.x, 0, this.area.width)(x);
  }

  toTop(y: number): number {
    return projection(this.scene.y, this.area.height, 0)(y);
  }

  toX(left: number): number {
    return unproject(this.scene.x, left / this.area.width);
  }

  toY(top: number): number {
    return unproject(this.scene.y, 1 - top / this.area.height);
  }

  destroy(): void {
    this.plot.over.removeEventListener("wheel", this.onWheel);
    this.plot.destroy();
  }

  private options(width: number, height: number): uPlot.Options {
    return {
      width,
      height,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      series: [{}, { show: false }],
      scales: { x: UNIT, y: UNIT },
      axes: [this.xAxis(), this.yAxis()],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: DRAG },
        bind: {
          mousedown: (plot, _target, handler) => (event) => {
            this.boxed = event.shiftKey;
            plot.cursor.drag!.y = event.shiftKey;
            this.press();
            return handler(event);
          },
          dblclick: () => () => {
            this.host.onBack();
            return null;
          },
        },
      },
      hooks: {
        draw: [() => this.draw()],
        setCursor: [(plot) => this.point(plot)],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  private xAxis(): uPlot.Axis {
    let marks: Marks = { ticks: [], texts: [] };
    return {
      ...this.axis(),
      size: 22,
      gap: 4,
      grid: { show: false },
      ticks: { show: true, size: 3, width: 1, stroke: () => this.colours.axis },
      border: { show: true, width: 1, stroke: () => this.colours.axis },
      splits: () => {
        marks = xMarks(this.scene, this.area.width);
        return marks.ticks.map(projection(this.scene.x, 0, 1));
      },
      values: () => marks.texts,
    };
  }

  private yAxis(): uPlot.Axis {
    let marks: Marks = { ticks: [], texts: [] };
    return {
      ...this.axis(),
      size: (_plot, values) => this.sideFor(values),
      gap: 6,
      grid: { show: true, width: 1, stroke: () => this.colours.grid },
      ticks: { show: false },
      splits: () => {
        marks = yMarks(this.scene, this.area.height);
        return marks.ticks.map(projection(this.scene.y, 0, 1));
      },
      values: () => marks.texts,
    };
  }

  private axis(): uPlot.Axis {
    return { stroke: () => this.colours.text, font: `${FONT}px ${this.colours.font}` };
  }

  /** Room for the longest text; it only grows, so that plots do not move sideways while a run is followed. */
  private sideFor(values: readonly string[] | null): number {
    const context = this.plot?.ctx;
    if (!context || !values) return this.side;
    context.save();
    context.font = `${FONT}px ${this.colours.font}`;
    const widest = Math.max(0, ...values.map((each) => context.measureText(each).width));
    context.restore();
    this.side = Math.max(this.side, Math.ceil((widest + 12) / 4) * 4);
    return this.side;
  }

  private draw(): void {
    drawn(this.plot.ctx, { ...this.plot.bbox, ratio: uPlot.pxRatio }, this.scene, this.colours, this.highlighted);
  }

  /** Who drags points at nothing: to tell of points at each step would hold up the picture that is wanted. */
  private press(): void {
    this.host.onPointer(null);
    this.pressed = true;
    addEventListener("mouseup", () => (this.pressed = false), { once: true, capture: true });
  }

  private point({ cursor }: uPlot): void {
    if (this.pressed) return;
    const { left = -1, top = -1 } = cursor;
    this.host.onPointer(left < 0 || top < 0 ? null : { left, top });
  }

  private select(plot: uPlot): void {
    const { left, top, width, height } = plot.select;
    if (width < DRAG) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const y: Range | null = this.boxed && height >= DRAG ? [this.toY(top + height), this.toY(top)] : null;
    this.host.onSelect([this.toX(left), this.toX(left + width)], y);
  }

  private onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left } = this.plot.over.getBoundingClientRect();
    this.host.onWheel(this.toX(event.clientX - left), event.deltaY > 0 ? 1.25 : 0.8);
  };
}
