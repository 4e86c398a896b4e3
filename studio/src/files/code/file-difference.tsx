/** How one file differs between two snapshots. */
import { useMemo } from "preact/hooks";
import { useAnswer } from "../../api/cache";
import { size } from "../../base/number";
import { FailureNote } from "../../ui/failure";
import { decoded, read } from "../content";
import { endingOf, isText } from "../preview/kind";
import { useLines } from "./code-view";
import { type Change, sameContent } from "./comparison";
import { type DiffRow, differenceOf, tallyOf } from "./difference";
import { DifferenceView } from "./difference-view";
import { artifactOf, type Entry } from "./manifest";
import { codeWords } from "./words";

/** Larger files are none that people wrote. */
const MOST_BYTES = 1_000_000;

export interface Sides {
  /** The run before. */
  old: string;
  now: string;
}

/** Both texts of a change; null where one of them is no text. */
interface Texts {
  old: string;
  now: string;
}

async function textOf(run: string, entry: Entry | null): Promise<string | null> {
  if (!entry) return "";
  if (entry.target !== null) return entry.target;
  const bytes = await read(run, artifactOf(entry.path), MOST_BYTES);
  return isText(bytes) ? decoded(bytes) : null;
}

async function textsOf(sides: Sides, change: Change): Promise<Texts | null> {
  const [old, now] = await Promise.all([textOf(sides.old, change.old), textOf(sides.now, change.now)]);
  return old === null || now === null ? null : { old, now };
}

export function FileDifference({ sides, change }: { sides: Sides; change: Change }) {
  const { old, now, path } = change;
  const isLarge = Math.max(old?.size_bytes ?? 0, now?.size_bytes ?? 0) > MOST_BYTES;
  const isSame = old !== null && now !== null && sameContent(old, now);
  const wanted = !isLarge && !isSame;
  const key = `texts ${sides.old} ${sides.now} ${path}`;
  const found = useAnswer(wanted ? key : null, () => textsOf(sides, change)).value;
  const texts = wanted ? found.data : undefined;
  const rows = useMemo(() => texts && differenceOf(texts.old, texts.now), [texts]);
  const say = codeWords();
  return (
    <section class="view" aria-label={path}>
      <div class="source-file">
        <span class="strong cut" title={path}>
          {path}
        </span>
        {rows && <Tally rows={rows} />}
        {old && now && old.executable !== now.executable && <span>{now.executable ? say.became : say.becameNot}</span>}
      </div>
      {isSame && <p class="empty">{say.onlyRights}</p>}
      {isLarge && !isSame && <p class="empty">{say.tooLarge(MOST_BYTES)}</p>}
      {found.failure && <FailureNote failure={found.failure} />}
      {texts === null && <Binary change={change} />}
      {texts && rows && <Lines texts={texts} rows={rows} path={path} />}
    </section>
  );
}

function Binary({ change: { old, now } }: { change: Change }) {
  const say = codeWords();
  const bytes = (entry: Entry | null) => (entry ? size(entry.size_bytes) : "–");
  return (
    <p class="empty">
      <span>{say.binary}</span>
      <span class="dim">{say.sizes(bytes(old), bytes(now))}</span>
    </p>
  );
}

function Tally({ rows }: { rows: readonly DiffRow[] }) {
  const { added, removed } = tallyOf(rows);
  return <span class="dim">{codeWords().lineTally(added, removed)}</span>;
}

function Lines({ texts, rows, path }: { texts: Texts; rows: readonly DiffRow[]; path: string }) {
  const old = useLines(texts.old, endingOf(path));
  const now = useLines(texts.now, endingOf(path));
  return (
    <DifferenceView
      rows={rows}
      label={codeWords().difference(path)}
      wordsOf={(row) => (row.now === null ? old[row.old! - 1] : now[row.now - 1])}
    />
  );
}
