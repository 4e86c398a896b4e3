/** The rail, the page that the address names, the palette, the key sheet and the toasts. */
import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { keySheetOpen, paletteOpen } from "../base/command";
import { type Key, useKeys } from "../base/keys";
import { address, go, parts } from "../base/place";
import { isDark, paint } from "../base/theme";
import { glance } from "../ui/glance";
import { Toasts } from "../ui/toast";
import { Guarded } from "./guarded";
import { KeySheet } from "./key-sheet";
import { Palette } from "./palette";
import { Rail } from "./rail";
import { type PageProps, type Route, route } from "./route";
import { shellWords } from "./words";

glance.load = () => import("../pages/run/glance");

function everywhere(): Key[] {
  const say = shellWords();
  return [
    { keys: "Ctrl+k", does: say.openPalette, run: () => (paletteOpen.value = true) },
    { keys: "?", does: say.openKeys, run: () => (keySheetOpen.value = true) },
    { keys: "Ctrl+/", does: say.openKeys, run: () => (keySheetOpen.value = true) },
    { keys: "g h", does: say.goHome, run: () => go(address([])) },
    { keys: "g e", does: say.goExperiments, run: () => go(address(["experiments"])) },
    { keys: "g r", does: say.goRuns, run: () => go(address(["runs"])) },
    { keys: "g c", does: say.goCompute, run: () => go(address(["compute"])) },
    { keys: "g m", does: say.goModels, run: () => go(address(["models"])) },
    { keys: "Alt+m", does: say.changeTheme, run: () => paint(isDark() ? "light" : "dark") },
  ];
}

export function Shell() {
  const say = shellWords();
  const keys = useMemo(everywhere, [say]);
  useKeys(say.everywhere, keys);
  const found = route(parts.value);
  return (
    <>
      <Rail place={found.place} />
      <Loaded load={found.load} at={found.at} />
      {paletteOpen.value && <Palette />}
      {keySheetOpen.value && <KeySheet />}
      <Toasts />
    </>
  );
}

/** A page once its code is there; until then the one before it stays, so that nothing flickers. */
function Loaded({ load, at }: Pick<Route, "load" | "at">) {
  const [shown, setShown] = useState<{ page: ComponentType<PageProps>; load: unknown; at: readonly string[] } | null>(
    null,
  );
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let wanted = true;
    load().then(
      (module) => {
        if (!wanted) return;
        setFailure(null);
        setShown({ page: module.default, load, at });
      },
      (error) => wanted && setFailure(error),
    );
    return () => {
      wanted = false;
    };
  }, [load]);
  if (failure) return <Guarded failed={failure} />;
  if (!shown) return <div class="page" />;
  const Shown = shown.page;
  return (
    <Guarded key={shown.load as never}>
      <Shown at={shown.load === load ? at : shown.at} />
    </Guarded>
  );
}
