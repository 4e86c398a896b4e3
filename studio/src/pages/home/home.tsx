/** The first page: what runs, what was last done, what failed, and how the workspace stands. */
import { useMemo } from "preact/hooks";
import { type Concerns, ofKind, useAnswer, useCall } from "../../api/cache";
import { read, type Schemas } from "../../api/call";
import { catalogue } from "../../base/language";
import { count, size } from "../../base/number";
import { address } from "../../base/place";
import { FirstRun } from "../../table/first-run";
import { Page } from "../../ui/page";
import { atLeast, useRunCount } from "../../ui/run-count";
import { RunList } from "../../ui/run-list";
import { said } from "../../ui/run-said";
import "./home.css";

const words = catalogue({
  en: {
    home: "Home",
    running: "Running now",
    failed: "Failed in the last day",
    recent: "Recent",
    error: "Error",
    all: "All runs",
    runs: "Runs",
    counted: "With child runs and archived ones",
    size: "On disk",
    queued: "Waiting",
    active: "Running",
    begin: "Record your first run",
    beginText: "Runs appear here as soon as they begin. In any Python program:",
    workspace: "Workspace",
  },
  fr: {
    home: "Accueil",
    running: "En cours",
    failed: "Échouées depuis hier",
    recent: "Récentes",
    error: "Erreur",
    all: "Toutes les exécutions",
    runs: "Exécutions",
    counted: "Avec les exécutions enfants et archivées",
    size: "Sur le disque",
    queued: "En attente",
    active: "En cours",
    begin: "Enregistrer une première exécution",
    beginText: "Les exécutions apparaissent ici dès qu'elles commencent. Dans n'importe quel programme Python :",
    workspace: "Espace de travail",
  },
});

const BUSY = ["Running", "Finalizing", "Preparing", "Starting", "CancelRequested", "NotResponding"] as const;
const SHOWN = 12;
const DAY_S = 86_400;

const heard = new Set<string>();
/** There may be other runs than before. Those that were there tell all the time how they do; to count is not free. */
const numbered: Concerns = (notice) =>
  ofKind("deleted", "experiment")(notice) ||
  (notice.what.includes("run") && heard.size !== heard.add(notice.subject).size);

const SIZED_MS = 60_000;
let sizedAt = 0;
/** To sum up the sizes of all files is dearer still: once a minute is enough, however much happens. */
const sized: Concerns = (notice) => {
  const now = Date.now();
  const due = now - sizedAt > SIZED_MS && ofKind("run", "files", "deleted")(notice);
  if (due) sizedAt = now;
  return due;
};

export default function Home() {
  const say = words();
  const changed = ofKind("run", "deleted", "jobs");
  const day = useMemo(() => new Date(Date.now() - DAY_S * 1000).toISOString().slice(0, 16), []);
  const info = useAnswer("info", () => read<Schemas["StoreInfo"]>("/info"), sized).value.data;
  const all = useRunCount({ hidden: true }, numbered);
  const busy = useCall("/runs:list", { statuses: [...BUSY], limit: 100, order: { field: "started_at" } }, changed).value
    .data;
  const recent = useCall("/runs:list", { include_children: false, limit: SHOWN }, changed).value.data;
  const failed = useCall(
    "/runs:list",
    { statuses: ["Failed", "NotResponding"], filter: `ended > ${day}`, order: { field: "ended_at" }, limit: SHOWN },
    changed,
  ).value.data;
  const active = useRunCount({ statuses: [...BUSY] }, changed);
  const waiting = useCall("/jobs:list", { states: ["queued"], limit: 1000 }, ofKind("jobs")).value.data;
  return (
    <Page crumbs={[{ label: say.home }]}>
      <div class="scroll home">
        {info && (
          <div class="cards">
            <Card label={say.runs} title={say.counted} value={count(all ?? info.runs)} href={address(["runs"])} />
            <Card label={say.active} value={active === undefined ? "" : count(active)} />
            <Card
              label={say.queued}
              value={waiting ? atLeast(waiting.jobs.length, waiting.next_cursor) : ""}
              href={address(["compute"])}
            />
            <Card label={say.size} value={info.size_bytes ? size(info.size_bytes) : "–"} />
            <div class="panel card place">
              <span class="dim">{say.workspace}</span>
              <span class="mono cut" title={info.location}>
                {info.location}
              </span>
            </div>
          </div>
        )}
        {recent && recent.runs.length === 0 && <FirstRun title={say.begin} text={say.beginText} />}
        {busy && busy.runs.length > 0 && (
          <section>
            <h2>{say.running}</h2>
            <RunList runs={busy.runs} label={say.running} />
          </section>
        )}
        {failed && failed.runs.length > 0 && (
          <section>
            <h2>{say.failed}</h2>
            <RunList
              runs={failed.runs}
              label={say.failed}
              target={false}
              more={{
                name: say.error,
                of: (run) => <span title={run.error?.message}>{said(run.error?.message.split("\n").pop() ?? "")}</span>,
              }}
            />
          </section>
        )}
        {recent && recent.runs.length > 0 && (
          <section>
            <h2>
              {say.recent}{" "}
              <a class="link small" href={address(["runs"])}>
                {say.all}
              </a>
            </h2>
            <RunList runs={recent.runs} label={say.recent} />
          </section>
        )}
      </div>
    </Page>
  );
}

function Card({ label, value, href, title }: { label: string; value: string; href?: string; title?: string }) {
  const inner = (
    <>
      <span class="dim">{label}</span>
      <b>{value || "\u00a0"}</b>
    </>
  );
  return href ? (
    <a class="panel card" href={href} title={title}>
      {inner}
    </a>
  ) : (
    <div class="panel card">{inner}</div>
  );
}
