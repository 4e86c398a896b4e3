/** Below the table: how many runs are chosen and what can be done with them. */
import { useState } from "preact/hooks";
import { mayWrite } from "../base/may";
import { failureText } from "../ui/failure";
import { Later } from "../ui/later";
import { Menu } from "../ui/menu";
import { uiWords } from "../ui/words";
import type { Deed } from "./deeds";
import type { Room } from "./room";
import { tableWords } from "./words";

const deeds = () => import("./deeds");

export function Foot({ room, onCompare }: { room: Room; onCompare: () => void }) {
  const say = tableWords();
  const [deed, setDeed] = useState<Deed | null>(null);
  const { choice } = room;
  const chosen = [...choice.ids.value];
  const away = choice.away.value;
  const active = choice.active.value;
  const total = room.rank.state.value.count;
  const groups = room.view.value.group ? room.grouping.total.value : undefined;
  const wrong = room.wrong.value;
  const button = (what: Deed, label: string, kind = "", disabled = false) => (
    <button type="button" class={`button ${kind}`} disabled={disabled} onClick={() => setDeed(what)}>
      {label}
    </button>
  );
  return (
    <div class="foot">
      {chosen.length > 0 && (
        <>
          <span class="strong" role="status">
            {say.selected(chosen.length)}
            {away.length > 0 && `, ${say.away(away.length)}`}
          </span>
          {away.length > 0 && (
            <>
              <button type="button" class="button quiet" onClick={() => choice.show()}>
                {say.showAway}
              </button>
              <button type="button" class="button quiet" onClick={() => choice.select(away, false)}>
                {say.dropAway}
              </button>
            </>
          )}
          <button type="button" class="button" onClick={onCompare}>
            {say.compare} <kbd>c</kbd>
          </button>
          {mayWrite && (
            <>
              {active.length > 0 && button("cancel", say.cancel)}
              {button("tag", say.tag)}
              {button("archive", say.archive)}
              {button("delete", say.delete, "danger")}
            </>
          )}
        </>
      )}
      {button("csv", say.csv, "", !chosen.length && !!wrong)}
      {chosen.length > 0 && (
        <Menu
          kind="quiet"
          title={uiWords().more}
          label="…"
          items={[
            mayWrite && { label: say.bringBack, run: () => setDeed("bringBack") },
            { label: say.keys.clear, run: () => choice.clear() },
          ]}
        />
      )}
      <span class="grow" />
      <span class={wrong ? "status-bad cut" : "dim"}>
        {wrong ? failureText(wrong) : groups !== undefined && `${say.groups(groups)} · `}
        {total !== undefined && say.runs(total)}
      </span>
      {!!total && room.childrenToo.value > 0 && (
        <button type="button" class="button quiet" title={say.showChildren} onClick={() => room.change({ flat: true })}>
          {say.childrenToo(room.childrenToo.value)}
        </button>
      )}
      {deed && (
        <Later
          load={deeds}
          with={{ deed, room, ids: deed === "cancel" ? active : chosen, onClose: () => setDeed(null) }}
        />
      )}
    </div>
  );
}
