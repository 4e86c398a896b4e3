/** All keys that do something here. */
import { keySheetOpen } from "../base/command";
import { allowSingleKeys, listening, singleKeys } from "../base/keys";
import { Dialog } from "../ui/dialog";
import { shellWords } from "./words";

export function KeySheet() {
  const say = shellWords();
  const groups = [...listening.value].reverse().filter((group) => group.keys.some((key) => key.does));
  return (
    <Dialog title={say.keys} onClose={() => (keySheetOpen.value = false)}>
      {groups.map((group, index) => (
        <section key={index}>
          <h3>{group.place}</h3>
          <dl class="facts">
            {group.keys
              .filter((key) => key.does)
              .map((key) => (
                <div key={key.keys} style={{ display: "contents" }}>
                  <dt>
                    <kbd>{key.keys.replace("Ctrl+", "Ctrl ").replace("Alt+", "Alt ").replace("Shift+", "Shift ")}</kbd>
                  </dt>
                  <dd>{key.does}</dd>
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
