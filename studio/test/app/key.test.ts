import { afterEach, expect, test } from "vitest";
import { keyName } from "../../src/app/key-name";
import { told } from "../../src/app/key-sheet";
import { speak } from "../../src/base/language";

afterEach(() => speak("en"));

test("keys are called as they are on keyboards, in both languages", () => {
  const keys = ["Ctrl+k", "Ctrl+Shift+z", "ArrowDown", "Shift+x", "g h", "Space", "Enter", "Ctrl+/", "+", "Escape"];
  expect(keys.map(keyName)).toEqual([
    "Ctrl+K",
    "Ctrl+Shift+Z",
    "↓",
    "Shift+X",
    "g h",
    "Space",
    "Enter",
    "Ctrl+/",
    "+",
    "Esc",
  ]);
  speak("fr");
  expect(keys.map(keyName)).toEqual([
    "Ctrl+K",
    "Ctrl+Maj+Z",
    "↓",
    "Maj+X",
    "g h",
    "Espace",
    "Entrée",
    "Ctrl+/",
    "+",
    "Échap",
  ]);
});

test("a place is told once, the innermost first, and what several keys do stands once", () => {
  const run = () => {};
  const key = (keys: string, does: string) => ({ keys, does, run });
  const groups = [
    { place: "Everywhere", keys: [key("?", "Show the keys")] },
    { place: "Table", keys: [key("j", "Next"), key("ArrowDown", "Next"), key("Escape", "")] },
    { place: "Table", keys: [key("/", "Filter")] },
  ];
  expect([...told(groups)].map(([place, deeds]) => [place, [...deeds]])).toEqual([
    [
      "Table",
      [
        ["Filter", ["/"]],
        ["Next", ["j", "ArrowDown"]],
      ],
    ],
    ["Everywhere", [["Show the keys", ["?"]]]],
  ]);
});
