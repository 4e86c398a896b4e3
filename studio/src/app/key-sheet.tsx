/** All keys that do something here. */
import { keySheetOpen } from "../base/command";
import { allowSingleKeys, type KeyGroup, listening, singleKeys } from "../base/keys";
import { Dialog } from "../ui/dialog";
import { keyName } from "./key-name";
import { shellWords } from "./words";

/** The keys by what they do, by place, the innermost place first; who listens twice in a place is told once. */
export function told(groups: readonly KeyGroup[]): Map<string, Map<string, string[]>> {
  const places = new Map<string, Map<string, string[]>>();
  for (const group of [...groups].reverse())
    for (const { does, keys } of group.keys) {
      if (!does) continue;
      const deeds = places.get(group.place) ?? new Map<string, string[]>();
      places.set(group.place, deeds.set(does, [...(deeds.get(does) ?? []), keys]));
    }
  return places;
}

export function KeySheet() {
  const say = shellWords();
  const places = told(listening.value);
  return (
    <Dialog title={say.keys} onClose={() => (keySheetOpen.value = false)}>
      {[...places].map(([place, deeds]) => (
        <section key={place}>
          <h3>{place}</h3>
          <dl class="facts">
            {[...deeds].map(([does, keys]) => (
              <div key={does} style={{ display: "contents" }}>
                <dt>
                  {keys.map((each) => (
                    <>
                      <kbd>{keyName(each)}</kbd>{" "}
                    </>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <label>
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => allowSingleKeys(event.currentTarget.checked)}
        />{" "}
        {say.singleKeys}
      </label>
    </Dialog>
  );
}
