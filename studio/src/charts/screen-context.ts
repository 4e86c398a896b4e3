/** The screen that the charts of a page ask through. */
import { createContext } from "preact";
import { Screen } from "./screen";
import { server } from "./source";

export const ScreenContext = createContext<Screen>(new Screen(server));
