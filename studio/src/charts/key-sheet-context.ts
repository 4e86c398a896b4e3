/** Tells a key sheet of the keys of the chart that has the focus; null where there is none, as in a notebook. */
import { type ComponentType, createContext } from "preact";
import type { PlotKey } from "./plot-keys";

export const KeySheetContext = createContext<ComponentType<{ keys: readonly PlotKey[] }> | null>(null);
