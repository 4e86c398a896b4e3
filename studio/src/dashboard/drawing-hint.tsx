/** Where charts or images have nothing to show, what is folded away may. */
import { catalogue, plural } from "../base/language";
import { count } from "../base/number";
import type { Room } from "../table/room";
import "./drawing-hint.css";
import { tableWords } from "../table/words";

const words = catalogue({
  en: { folded: (n: number) => `${count(n)} child ${plural(n, "run is", "runs are")} folded away.` },
  fr: {
    folded: (n: number) =>
      `${count(n)} ${plural(n, "exécution enfant est repliée", "exécutions enfants sont repliées")}.`,
  },
});

export default function FoldedAway({ room }: { room: Room }) {
  const children = room.parentId ? 0 : room.folded.value;
  if (!children) return null;
  return (
    <p class="folded-away">
      {words().folded(children)}{" "}
      <button type="button" class="button primary" onClick={() => room.showChildren(true)}>
        {tableWords().showChildren}
      </button>
    </p>
  );
}
