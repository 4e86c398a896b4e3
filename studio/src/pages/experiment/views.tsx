/** Views of an experiment that were saved: choosing, saving, renaming, sharing, deleting. */
import { useState } from "preact/hooks";
import { useCall } from "../../api/cache";
import { call, type Schemas } from "../../api/call";
import { copy } from "../../base/clipboard";
import { address, ask, current, go, query } from "../../base/place";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { Menu, type MenuItem } from "../../ui/menu";
import { attempt, say as tell } from "../../ui/toast";
import { uiWords } from "../../ui/words";
import { experimentWords } from "./words";

type View = Schemas["View"];

/** Views of the runs of an experiment; `pages/view` opens them. */
const KIND = "runs";

/** A longer link breaks in mails: it is kept on the server, under the hash of what it shows. */
const LONG = 1_500;

/** What of an address is no part of a view. */
const PASSING = new Set(["v", "sel", "peek", "lang"]);

function state(experiment: string): Record<string, unknown> {
  const kept = [...query.value].filter(([name]) => !PASSING.has(name));
  return { path: ["experiments", experiment], query: Object.fromEntries(kept) };
}

/** What a state shows, in whichever order the address came to say it. */
function told(state: unknown): string {
  return String(Object.entries(queryOf({ state } as View)).sort());
}

function queryOf(view: View): Record<string, string> {
  const found = (view.state as { query?: unknown }).query;
  return typeof found === "object" && found ? (found as Record<string, string>) : {};
}

function isOf(view: View, experiment: string): boolean {
  const { path } = view.state as { path?: unknown };
  return Array.isArray(path) && path[0] === "experiments" && path[1] === experiment;
}

export function ViewControls({ experiment }: { experiment: string }) {
  const say = experimentWords();
  const [generation, setGeneration] = useState(0);
  const [asks, setAsks] = useState<"new" | "rename" | "delete" | null>(null);
  const found = useViews(generation);
  const views = found.filter((each) => isOf(each, experiment));
  const here = views.find((each) => each.view_id === query.value.get("v"));
  const overwrites = here?.own && told(here.state) !== told(state(experiment));
  const again = () => setGeneration((before) => before + 1);
  const choose = (view: View | null) =>
    go(address(["experiments", experiment], view ? { ...queryOf(view), v: view.view_id } : {}));
  const update = (changes: Partial<Schemas["UpdateView"]>) =>
    here &&
    attempt(async () => {
      const next = await call("/views:update", { view_id: here.view_id, ...changes });
      tell(say.saved(next.name));
      again();
    });
  const own: MenuItem[] = here?.own
    ? [
        { label: say.rename, run: () => setAsks("rename") },
        { label: say.shareView, checked: here.shared, run: () => void update({ shared: !here.shared }) },
        { label: say.delete, danger: true, run: () => setAsks("delete") },
      ]
    : [];
  const remove = () =>
    attempt(async () => {
      await call("/views:delete", { view_id: here!.view_id });
      ask({ v: null }, "replace");
      again();
    });
  const items: MenuItem[] = [
    { label: say.defaultView, checked: !here, run: () => choose(null) },
    ...views.map((view) => ({
      label: <span class="cut">{view.name}</span>,
      checked: view === here,
      run: () => choose(view),
    })),
    { label: say.saveAs, run: () => setAsks("new") },
    ...own,
  ];
  const keepName = (name: string) =>
    attempt(async () => {
      if (asks !== "new") await call("/views:update", { view_id: here!.view_id, name });
      else {
        const made = await call("/views:create", { kind: KIND, name, state: state(experiment) });
        ask({ v: made.view_id }, "replace");
      }
      tell(say.saved(name));
      setAsks(null);
      again();
    });
  const share = () =>
    attempt(async () => {
      let link = here ? address(["views", here.view_id]) : current.value;
      if (!here && link.length > LONG) {
        const made = await call("/views:create", { kind: KIND, state: state(experiment) });
        link = address(["views", made.view_id]);
      }
      await copy(new URL(link, location.href).href);
      tell(say.linkCopied);
    });
  return (
    <>
      <Menu
        kind="quiet"
        label={
          <>
            <span class="cut">{here?.name ?? say.defaultView}</span> <span aria-hidden="true">▾</span>
          </>
        }
        items={items}
      />
      <button
        type="button"
        class="button"
        onClick={() => (overwrites ? void update({ state: state(experiment) }) : setAsks("new"))}
      >
        <span class="cut chosen-text">{overwrites ? say.overwrite(here.name) : say.save}</span>
      </button>
      <button type="button" class="button" title={here ? say.copyViewLink : undefined} onClick={share}>
        {say.share}
      </button>
      {asks === "delete" && (
        <Confirm title={say.delete} does={say.delete} onClose={() => setAsks(null)} onYes={remove}>
          {here?.name}
        </Confirm>
      )}
      {(asks === "new" || asks === "rename") && (
        <NameDialog before={(asks === "rename" && here?.name) || ""} onKeep={keepName} onClose={() => setAsks(null)} />
      )}
    </>
  );
}

/** Views make no notices: who changes one asks anew. */
function useViews(generation: number): readonly View[] {
  const limit = 1000 - (generation % 2);
  return useCall("/views:list", { kind: KIND, limit }).value.data?.views ?? [];
}

function NameDialog({
  before,
  onKeep,
  onClose,
}: {
  before: string;
  onKeep: (name: string) => void;
  onClose: () => void;
}) {
  const say = experimentWords();
  const [name, setName] = useState(before);
  return (
    <Dialog
      title={before ? say.rename : say.saveAs}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={onClose}>
            {uiWords().cancel}
          </button>
          <button type="button" class="button primary" disabled={!name.trim()} onClick={() => onKeep(name.trim())}>
            {uiWords().save}
          </button>
        </>
      }
    >
      <input
        class="field"
        aria-label={say.viewName}
        placeholder={say.viewName}
        maxLength={200}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && name.trim() && onKeep(name.trim())}
      />
    </Dialog>
  );
}
