import { afterEach, expect, it } from "vitest";
import { isHostDark, languageOf } from "../../src/widget/host";

afterEach(() => {
  for (const element of [document.documentElement, document.body])
    for (const name of element.getAttributeNames()) element.removeAttribute(name);
});

it.each([
  ["body", "data-jp-theme-light", "false", true],
  ["body", "data-jp-theme-light", "true", false],
  ["body", "data-vscode-theme-kind", "vscode-dark", true],
  ["body", "data-vscode-theme-kind", "vscode-high-contrast", true],
  ["body", "data-vscode-theme-kind", "vscode-high-contrast-light", false],
  ["html", "theme", "dark", true],
  ["body", "class", "dark", true],
  ["body", "data-theme", "light", false],
])("takes the theme of %s %s=%s", (where, name, value, dark) => {
  document.querySelector(where)!.setAttribute(name, value);
  expect(isHostDark()).toBe(dark);
});

it("speaks what was asked for, else what the page speaks, else English", () => {
  document.documentElement.lang = "fr-CA";
  expect(languageOf("en")).toBe("en");
  expect(languageOf(undefined)).toBe("fr");
  expect(languageOf("xx")).toBe("fr");
  document.documentElement.lang = "";
  expect(languageOf(undefined)).toBe("en");
});
