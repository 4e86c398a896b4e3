/** Which page an address shows. Pages are loaded when they are first shown. */
import type { ComponentType } from "preact";

export interface PageProps {
  /** The parts of the path behind the page's own name. */
  at: readonly string[];
}

type Load = () => Promise<{ default: ComponentType<PageProps> }>;

export interface Route {
  load: Load;
  at: readonly string[];
  /** Which place of the rail it belongs to. */
  place: string;
}

const home: Load = () => import("../pages/home/home");
const experiments: Load = () => import("../pages/experiments/experiments");
const experiment: Load = () => import("../pages/experiment/experiment");
const run: Load = () => import("../pages/run/run");
const compare: Load = () => import("../pages/compare/compare");
const compute: Load = () => import("../pages/compute/compute");
const registry: Load = () => import("../pages/registry/registry");
const settings: Load = () => import("../pages/settings/settings");
const view: Load = () => import("../pages/view/view");
const experimentById: Load = () => import("../pages/view/experiment");
const missing: Load = () => import("../pages/missing/missing");

export function route(parts: readonly string[]): Route {
  const [first, second, third, ...rest] = parts;
  if (first === undefined) return { load: home, at: [], place: "home" };
  if (first === "experiments" && second !== undefined && third === "runs" && rest[0] !== undefined)
    return { load: run, at: rest, place: "experiments" };
  if (first === "experiments" && second === "id" && third !== undefined)
    return { load: experimentById, at: [third], place: "experiments" };
  if (first === "experiments" && second !== undefined) return { load: experiment, at: [second], place: "experiments" };
  if (first === "experiments") return { load: experiments, at: ["experiments"], place: "experiments" };
  if (first === "runs" && second === undefined) return { load: experiments, at: ["runs"], place: "experiments" };
  if (first === "runs" || first === "sweeps" || first === "automl")
    return { load: run, at: parts.slice(1), place: "experiments" };
  if (first === "compare") return { load: compare, at: [], place: "experiments" };
  if (first === "compute") return { load: compute, at: parts.slice(1), place: "compute" };
  if (first === "models" || first === "datasets" || first === "environments")
    return { load: registry, at: parts, place: "models" };
  if (first === "settings" || first === "status") return { load: settings, at: [first], place: first };
  if (first === "views" && second !== undefined) return { load: view, at: [second], place: "experiments" };
  return { load: missing, at: parts, place: "" };
}
