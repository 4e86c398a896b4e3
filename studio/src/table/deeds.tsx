/** What is done to chosen runs: tags, archive, cancel, delete; and the table as a file. */
import { useEffect, useRef, useState } from "preact/hooks";
import { archive, cancel, remove } from "../api/deed";
import { Failure } from "../api/failure";
import { nameOf } from "../api/run";
import { save } from "../base/clipboard";
import { catalogue, plural } from "../base/language";
import { count } from "../base/number";
import { Confirm } from "../ui/confirm";
import { failureText } from "../ui/failure";
import { say as tell } from "../ui/toast";
import type { Row } from "./asking";
import { inBatches } from "./batch";
import "./dialogs.css";
import { csvGroups, csvHead, csvRow } from "./csv";
import type { Room } from "./room";
import { TagDialog, type TagWork } from "./tag-dialog";
import { NAME } from "./widths";
import { tableWords } from "./words";

/** What a dialog is open for. */
export type Deed = "tag" | "delete" | "archive" | "bringBack" | "cancel" | "csv";

const words = catalogue({
  en: {
    deleteTitle: (n: number) => `Delete ${count(n)} ${plural(n, "run", "runs")}?`,
    deleteText: "Metrics, logs, files and children are deleted too. This cannot be taken back.",
    archiveTitle: (n: number) => `Archive ${count(n)} ${plural(n, "run", "runs")}?`,
    archiveText: "Lists leave out what is archived until it is brought back. Nothing is lost.",
    cancelTitle: (n: number) => `Stop ${count(n)} ${plural(n, "run", "runs")}?`,
    cancelText: "What waits leaves its queue, what runs is told to end, with all children.",
    cancelNot: (n: number) => `Keep ${plural(n, "it", "them")} running`,
    away: "not shown in the table",
    others: (n: number) => `and ${count(n)} more`,
    stop: "Stop",
    failed: (n: number, why: string) => `${count(n)} ${plural(n, "run", "runs")} failed: ${why}`,
    done: {
      tag: "Tagged",
      delete: "Deleted",
      archive: "Archived",
      bringBack: "Brought back",
      cancel: "Told to stop",
      csv: "Saved",
    } as Record<Deed, string>,
    saved: { chosen: " (what is chosen)", all: " (all that match)" },
    stopped: "Stopped",
  },
  fr: {
    deleteTitle: (n: number) => `Supprimer ${count(n)} ${plural(n, "exécution", "exécutions")} ?`,
    deleteText: "Métriques, journaux, fichiers et enfants sont supprimés aussi. C'est sans retour possible.",
    archiveTitle: (n: number) => `Archiver ${count(n)} ${plural(n, "exécution", "exécutions")} ?`,
    archiveText: "Les listes omettent ce qui est archivé, tant qu'il n'est pas désarchivé. Rien n'est perdu.",
    cancelTitle: (n: number) => `Arrêter ${count(n)} ${plural(n, "exécution", "exécutions")} ?`,
    cancelText: "Celles qui attendent quittent leur file, celles qui tournent sont arrêtées, avec tous leurs enfants.",
    cancelNot: (n: number) => `${plural(n, "La", "Les")} laisser tourner`,
    away: "hors du tableau",
    others: (n: number) => `et ${count(n)} ${plural(n, "autre", "autres")}`,
    stop: "Arrêter",
    failed: (n: number, why: string) =>
      `${count(n)} ${plural(n, "exécution a échoué", "exécutions ont échoué")} : ${why}`,
    done: {
      tag: "Étiquetées",
      delete: "Supprimées",
      archive: "Archivées",
      bringBack: "Désarchivées",
      cancel: "Arrêt demandé",
      csv: "Enregistré",
    },
    saved: { chosen: " (le choix)", all: " (tout ce qui correspond)" },
    stopped: "Arrêté",
  },
});

interface Props {
  deed: Deed;
  room: Room;
  ids: readonly string[];
  onClose: () => void;
}

/** What came of it; `said` where that is not just so many runs. */
interface Done {
  done: number;
  errors: unknown[];
  said?: string;
}

type Work = (onProgress: (done: number) => void, signal: AbortSignal) => Promise<Done>;

export default function Deeds({ deed, room, ids, onClose }: Props) {
  const say = words();
  const chosen = useRef(false);
  const [work, setWork] = useState<{ of: Work; total: number } | null>(() => {
    if (deed === "csv") return csvWork(room, ids);
    if (deed === "bringBack") return each(ids, (id) => archive(id, false));
    return null;
  });
  if (work) return <Progress deed={deed} work={work.of} total={work.total} onClose={onClose} />;
  if (deed === "tag")
    return (
      <TagDialog room={room} ids={ids} onClose={onClose} onWork={(tag: TagWork) => setWork(each(ids, tag))}>
        <Names room={room} ids={ids} />
      </TagDialog>
    );
  const asks = {
    delete: { title: say.deleteTitle, text: say.deleteText, does: tableWords().delete },
    archive: { title: say.archiveTitle, text: say.archiveText, does: tableWords().archive },
    cancel: { title: say.cancelTitle, text: say.cancelText, does: tableWords().cancel },
  }[deed as "delete" | "archive" | "cancel"];
  return (
    <Confirm
      title={asks.title(ids.length)}
      does={asks.does}
      {...(deed === "cancel" ? { keep: say.cancelNot(ids.length) } : {})}
      onClose={() => setTimeout(() => !chosen.current && onClose())}
      onYes={() => {
        chosen.current = true;
        if (deed === "delete") setWork(deleteWork(ids, room));
        else setWork(each(ids, deed === "archive" ? (id) => archive(id, true) : cancel));
      }}
    >
      <p>{asks.text}</p>
      <Names room={room} ids={ids} />
    </Confirm>
  );
}

/** Runs that a dialog names. */
const NAMED = 10;

/** Which runs are meant: those first that the table does not show. */
function Names({ room, ids }: { room: Room; ids: readonly string[] }) {
  const say = words();
  const away = new Set(room.choice.away.value);
  const first = [...ids.filter((id) => away.has(id)), ...ids.filter((id) => !away.has(id))].slice(0, NAMED);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const named = (rows: readonly Row[]) => setNames(new Map(rows.map(({ run }) => [run.run_id, nameOf(run)])));
    room.choice.runs(first).then(named, () => {}); // their ids say which they are
  }, [first.join()]);
  return (
    <ul class="meant">
      {first.map((id) => (
        <li key={id}>
          <span class="strong">{names.get(id) ?? id}</span>
          {away.has(id) && <span class="dim"> {say.away}</span>}
        </li>
      ))}
      {ids.length > NAMED && <li class="dim">{say.others(ids.length - NAMED)}</li>}
    </ul>
  );
}

function each(ids: readonly string[], work: (id: string) => Promise<unknown>): { of: Work; total: number } {
  const of: Work = async (onProgress, signal) => {
    const { done, failures } = await inBatches(ids, work, onProgress, signal);
    return { done, errors: failures.map((failure) => failure.error) };
  };
  return { of, total: ids.length };
}

function deleteWork(ids: readonly string[], room: Room): { of: Work; total: number } {
  return each(ids, async (id) => {
    try {
      await remove([id]);
    } catch (error) {
      // A child goes with its parent, which may have been chosen too.
      if (!(error instanceof Failure && (error.status === 404 || error.status === 410))) throw error;
    }
    room.choice.select([id], false);
  });
}

/** What is chosen as a file, else the groups that are shown, else all runs that match. */
function csvWork(room: Room, ids: readonly string[]): { of: Work; total: number } {
  const { group, aggregate } = room.view.peek();
  const columns = room.columns.peek() ?? [];
  const groups = group && !ids.length ? room.grouping.groups.peek() : null;
  const of: Work = async (onProgress, signal) => {
    if (group && groups) {
      saveCsv(csvGroups(groups, group, columns, aggregate));
      return { done: groups.length, errors: [], said: tableWords().groups(groups.length) };
    }
    const all = [NAME, ...columns];
    const parts = [csvHead(all)];
    for await (const rows of ids.length ? room.choice.pages(ids, all, signal) : room.pages(all, undefined, signal)) {
      for (const row of rows) if (row) parts.push(csvRow(row, all));
      onProgress(parts.length - 1);
    }
    saveCsv(parts);
    const done = parts.length - 1;
    return { done, errors: [], said: tableWords().runs(done) + words().saved[ids.length ? "chosen" : "all"] };
  };
  return { of, total: groups?.length ?? (ids.length || (room.rank.state.peek().total ?? 0)) };
}

function saveCsv(lines: readonly string[]): void {
  save("runs.csv", `\ufeff${lines.join("\r\n")}\r\n`, "text/csv;charset=utf-8");
}

/** How far it is. What is done at once shows nothing but what came of it. */
function Progress({ deed, work, total, onClose }: { deed: Deed; work: Work; total: number; onClose: () => void }) {
  const say = words();
  const [done, setDone] = useState(0);
  const [late, setLate] = useState(false);
  const controller = useRef(new AbortController());
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    let shownAt = 0;
    const progress = (now: number) => {
      if (Date.now() - shownAt < 100) return;
      shownAt = Date.now();
      setDone(now);
    };
    const { signal } = controller.current;
    work(progress, signal)
      .then(({ done, errors, said = tableWords().runs(done) }) => {
        if (errors.length) tell(say.failed(errors.length, why(errors[0])), true);
        if (done) tell(`${say.done[deed]}: ${said}`);
      })
      .catch((error) => tell(signal.aborted ? say.stopped : why(error), !signal.aborted))
      .finally(onClose);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div class="toasts work">
      <div class="toast" role="status">
        <span class="grow">
          {count(done)} / {count(total)}
        </span>
        <progress max={total} value={done} aria-label={say.done[deed]} />
        <button type="button" class="button" onClick={() => controller.current.abort()}>
          {say.stop}
        </button>
      </div>
    </div>
  );
}

function why(error: unknown): string {
  return error instanceof Failure ? failureText(error) : String(error);
}
