/** Starts the studio. */
import { render } from "preact";
import "../base/tokens.css";
import "../ui/ui.css";
import { onKey } from "../base/keys";
import { followLinks } from "../base/place";
import { Shell } from "./shell";

followLinks(document);
document.addEventListener("keydown", onKey);
render(<Shell />, document.getElementById("studio")!);
