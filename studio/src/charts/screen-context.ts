/** The screen that the charts of a page ask through. */
import { createContext } from "preact";
import type { Screen } from "./screen";

export const ScreenContext = createContext<Screen | null>(null);
