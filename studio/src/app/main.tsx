/** Starts the studio. */
import { render } from "preact";
import "../base/tokens.css";
import "../ui/ui.css";
import "../ui/page-parts.css";
import { effect } from "@preact/signals";
import { onKey } from "../base/keys";
import { language } from "../base/language";
import { followLinks, go, parts, query } from "../base/place";
import { followSystem, theme } from "../base/theme";
import { arrival } from "./arrival";
import { Shell } from "./shell";

const elsewhere = arrival(parts.value, query.value, location.hash);
if (elsewhere !== null) go(elsewhere, "replace");
followSystem();
effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
effect(() => {
  document.documentElement.lang = language.value;
});
followLinks(document);
document.addEventListener("keydown", onKey);
render(<Shell />, document.getElementById("studio")!);
