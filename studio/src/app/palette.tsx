/** One field for everything: runs and experiments by name, and commands. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useCall } from "../api/cache";
import { nameOf, placeOf } from "../api/run";
import { type Command, keySheetOpen, pageCommands, paletteOpen } from "../base/command";
import { LANGUAGES, type Language, speak } from "../base/language";
import { address, go } from "../base/place";
import { isDark, paint } from "../base/theme";
import { Status } from "../ui/status";
import { keyName } from "./key-name";
import "./palette.css";
import { shellWords } from "./words";

/** Runs that are offered before anything is typed. */
const RECENT = 5;

interface Entry {
  id: string;
  group: string;
  label: preact.ComponentChildren;
  beside?: string;
  run: () => void;
}

function ownCommands(): Command[] {
  const say = shellWords();
  return [
    { id: "home", label: say.goHome, keys: "g h", run: () => go(address([])) },
    { id: "experiments", label: say.goExperiments, keys: "g e", run: () => go(address(["experiments"])) },
    { id: "runs", label: say.goRuns, keys: "g r", run: () => go(address(["runs"])) },
    { id: "compute", label: say.goCompute, keys: "g c", run: () => go(address(["compute"])) },
    { id: "models", label: say.goModels, keys: "g m", run: () => go(address(["models"])) },
    { id: "settings", label: say.settings, run: () => go(address(["settings"])) },
    { id: "status", label: say.status, run: () => go(address(["status"])) },
    { id: "theme", label: say.changeTheme, keys: "Alt+m", run: () => paint(isDark() ? "light" : "dark") },
    { id: "system", label: say.systemTheme, run: () => paint("system") },
    { id: "keys", label: say.openKeys, keys: "?", run: () => (keySheetOpen.value = true) },
    ...Object.entries(LANGUAGES).map(([id, label]) => ({
      id,
      label: `${say.language}: ${label}`,
      run: () => speak(id as Language),
    })),
  ];
}

export function Palette() {
  const say = shellWords();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => (paletteOpen.value = false);
  // Before the next key is heard: what is typed behind Ctrl-K belongs into the field.
  useLayoutEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);

  const sign = /^[>#@]/.exec(text)?.[0] ?? "";
  const wanted = text.slice(sign.length).trim();
  const search = useSettled(wanted, 120);
  // Before anything is typed: the runs of late.
  const wish = wanted ? search && { search, limit: 8 } : { include_children: false, limit: RECENT };
  const runs = useCall("/runs:list", (sign !== ">" && sign !== "@" && wish) || null);
  const experiments = useCall(
    "/experiments:list",
    search && sign !== ">" && sign !== "#" ? { search, limit: 6 } : null,
  );

  const entries: Entry[] = [];
  for (const each of experiments.value.data?.experiments ?? [])
    entries.push({
      id: each.experiment_id,
      group: say.experimentsFound,
      label: each.name,
      run: () => go(address(["experiments", each.name])),
    });
  for (const run of runs.value.data?.runs ?? [])
    entries.push({
      id: run.run_id,
      group: wanted ? say.runsFound : say.recentRuns,
      label: (
        <>
          <Status status={run.status} bare /> {nameOf(run)}
        </>
      ),
      beside: run.experiment,
      run: () => go(address(placeOf(run))),
    });
  if (sign === "" || sign === ">")
    for (const command of [...pageCommands.value.flat(), ...ownCommands()])
      if (command.label.toLowerCase().includes(wanted.toLowerCase()))
        entries.push({
          id: command.id,
          group: say.commands,
          label: command.label,
          ...(command.keys ? { beside: keyName(command.keys) } : {}),
          run: command.run,
        });
  const here = Math.min(at, entries.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((here + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = entries[here];
      if (!entry) return;
      close();
      entry.run();
    }
  };

  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={say.palette}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
      onKeyDown={onKeyDown}
    >
      <input
        ref={field}
        class="wanted"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[here] ? `palette-${here}` : undefined}
        aria-label={say.palette}
        placeholder={say.paletteHint}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div id="palette-list" role="listbox" aria-label={say.palette} class="found">
        {entries.map((entry, index) => (
          <div
            key={`${entry.group} ${entry.id}`}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === here}
            onMouseMove={() => setAt(index)}
            onKeyDown={onKeyDown}
            onClick={() => {
              close();
              entry.run();
            }}
          >
            <span class="cut grow">{entry.label}</span>
            <span class="dim small">{entry.beside ?? ""}</span>
            <span class="dim small group">{entry.group !== entries[index - 1]?.group && entry.group}</span>
          </div>
        ))}
        {!entries.length && <p class="dim">{say.nothing}</p>}
      </div>
    </dialog>
  );
}

/** A value once it has not changed for a while. */
function useSettled(value: string, wait: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}
