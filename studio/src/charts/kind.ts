/** A way to show a metric: what it fits, and the component that shows it. A new one is one file and a line in `chooser.ts`. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { Frame } from "../api/frame";
import type { Ink } from "../base/colour";
import type { Together } from "./asking";
import type { Bearer, Curve } from "./curve";
import type { Found } from "./found";
import type { Pointer } from "./plot";
import type { Spread } from "./range";
import type { Scene, Unit } from "./scene";
import type { ChartSettings, MetricRef, PanelChoice, PanelSpec, Range, YKind } from "./settings";

/** A run that is shown. */
export interface Line {
  run: string;
  label: string;
  ink: Ink;
  status: string;
}

/** Several runs that are shown as one line with a band. */
export interface LineGroup {
  label: string;
  ink: Ink;
  runs: string[];
  /** How many runs it has, those that are not drawn too. */
  count: number;
  aggregate: "mean" | "median";
  band: "std" | "minmax" | "quartiles";
}

/** The series that lines are made of, and who bears these lines. */
export interface Drawn {
  bearers: Bearer[];
  series: { run: string; ref: MetricRef }[];
  groups: (Together & { bearer: Bearer })[];
}

export interface Wanted {
  lines: readonly Line[];
  groups: readonly LineGroup[] | null;
  refs: readonly MetricRef[];
  metric: Found;
  spec: PanelSpec | null;
}

/** Puts the series of groups together, where groups are shown. */
export type Gather = (groups: readonly LineGroup[], wanted: Wanted, found: Drawn) => void;

/** What a panel lets its frame do with what it shows. */
export interface Handle {
  /** Beside the name. */
  note: Signal<string>;
  /** What is to be said there first, of what is drawn as lines. */
  remarks?: (scene: Scene) => string[];
  /** How values of a metric are written, where that is known. */
  unit?: (name: string) => Unit | undefined;
  /** The part of y without outliers, where they can be left out. */
  within?: (spreads: readonly Spread[], x: Range, kind: YKind) => Range | null;
  /** What is asked for of groups, and their lines, where groups are shown. */
  gather?: Gather;
  grouped?: (frame: Frame, bearers: readonly Bearer[]) => Curve[];
  canvas: HTMLCanvasElement | null;
  /** What is drawn, of what is drawn as lines. */
  scene: Scene | null;
  /** What is shown, as rows of a table: the first one has the names. Of what is drawn as lines alone, the scene says it. */
  table: (() => readonly (readonly (string | number)[])[]) | null;
}

/** What all panels of a page share. */
export interface Surroundings {
  lines: readonly Line[];
  groups: readonly LineGroup[] | null;
  settings: ChartSettings;
  onSettings: (settings: ChartSettings) => void;
  /** The run whose lines stand out. */
  highlight: ReadonlySignal<string | null>;
  onHighlight: (name: string | null) => void;
  pointer: Signal<Pointer | null>;
}

export interface BodyProps extends Surroundings {
  metric: Found;
  title: string;
  /** Of a chart that somebody added. */
  spec: PanelSpec | null;
  choice: PanelChoice;
  /** Whether it is on the screen: what is not asks for nothing. */
  seen: boolean;
  height: number;
  handle: Handle;
  actions: { table?: () => void; maximise?: () => void; save?: () => void };
}

export interface Kind {
  form: string;
  /** How well it fits: 0 is not at all; the best one is shown, the others are offered. */
  score: (metric: Found, runs: number) => number;
  Body: ComponentType<BodyProps>;
  /** Small ones stand together before the charts. */
  small?: boolean;
}
