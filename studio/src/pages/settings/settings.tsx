/** Preferences of this browser and who is signed in; and, as its second address, how workspace and server stand. */
import { useAnswer } from "../../api/cache";
import { apiAddress, read, type Schemas } from "../../api/call";
import { standing } from "../../api/live";
import { allowSingleKeys, singleKeys } from "../../base/keys";
import { catalogue, LANGUAGES, type Language, language, speak } from "../../base/language";
import { count, size } from "../../base/number";
import { base } from "../../base/place";
import { paint, type Theme, theme } from "../../base/theme";
import { FailureNote } from "../../ui/failure";
import { Page } from "../../ui/page";
import { attempt } from "../../ui/toast";
import "./settings.css";

const words = catalogue({
  en: {
    settings: "Settings",
    status: "Status",
    language: "Language",
    theme: "Light or dark",
    system: "as the system",
    light: "light",
    dark: "dark",
    singleKeys: "Keys without Ctrl or Alt",
    here: "Kept in this browser",
    who: "Signed in as",
    local: "the user of this machine",
    may: "What you may do",
    permissions: {
      read: "look",
      record: "record runs",
      write: "change and delete",
      manage: "manage compute",
      admin: "manage users",
    } as Record<string, string>,
    signOut: "Sign out",
    signOutAll: "Sign out everywhere",
    api: "The API",
    workspace: "Workspace",
    id: "Id",
    place: "Place",
    backend: "Database",
    version: "Version of its data",
    runs: "Runs",
    bytes: "On disk",
    server: "Server",
    changes: "Changes",
    live: "arrive at once",
    waiting: "the connection is being made anew",
  },
  fr: {
    settings: "Paramètres",
    status: "État",
    language: "Langue",
    theme: "Clair ou sombre",
    system: "comme le système",
    light: "clair",
    dark: "sombre",
    singleKeys: "Touches sans Ctrl ni Alt",
    here: "Conservé dans ce navigateur",
    who: "Connecté en tant que",
    local: "l'utilisateur de cet ordinateur",
    may: "Ce que vous pouvez faire",
    permissions: {
      read: "consulter",
      record: "enregistrer des exécutions",
      write: "modifier et supprimer",
      manage: "gérer le calcul",
      admin: "gérer les utilisateurs",
    },
    signOut: "Se déconnecter",
    signOutAll: "Se déconnecter partout",
    api: "L'API",
    workspace: "Espace de travail",
    id: "Identifiant",
    place: "Emplacement",
    backend: "Base de données",
    version: "Version des données",
    runs: "Exécutions",
    bytes: "Sur le disque",
    server: "Serveur",
    changes: "Changements",
    live: "arrivent aussitôt",
    waiting: "la connexion est en cours de rétablissement",
  },
});

export default function Settings({ at }: { at: readonly string[] }) {
  return at[0] === "status" ? <Standing /> : <Preferences />;
}

function Preferences() {
  const say = words();
  const me = useAnswer("session", () => read<Schemas["Identity"]>("/session")).value.data;
  const signOut = async (everywhere: boolean) => {
    if (await attempt(() => read(`/session${everywhere ? "?everywhere=true" : ""}`, "DELETE"))) location.assign(base);
  };
  return (
    <Page crumbs={[{ label: say.settings }]}>
      <div class="scroll settings">
        <h2>{say.here}</h2>
        <div class="choices">
          <label for="language">{say.language}</label>
          <select
            id="language"
            class="field"
            value={language.value}
            onChange={(event) => speak(event.currentTarget.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
          <label for="theme">{say.theme}</label>
          <select
            id="theme"
            class="field"
            value={theme.value}
            onChange={(event) => paint(event.currentTarget.value as Theme)}
          >
            <option value="system">{say.system}</option>
            <option value="light">{say.light}</option>
            <option value="dark">{say.dark}</option>
          </select>
          <label for="single-keys">{say.singleKeys}</label>
          <input
            id="single-keys"
            type="checkbox"
            checked={singleKeys.value}
            onChange={(event) => allowSingleKeys(event.currentTarget.checked)}
          />
        </div>
        {me && (
          <>
            <h2>
              {say.who} {me.kind === "local" ? say.local : me.name}
            </h2>
            <dl class="facts">
              <dt>{say.may}</dt>
              <dd>{me.permissions.flatMap((each) => say.permissions[each] ?? []).join(", ")}</dd>
            </dl>
            {me.mode !== "none" && (
              <p class="buttons">
                <button type="button" class="button" onClick={() => signOut(false)}>
                  {say.signOut}
                </button>
                <button type="button" class="button" onClick={() => signOut(true)}>
                  {say.signOutAll}
                </button>
              </p>
            )}
          </>
        )}
        <p>
          <a class="link" href={apiAddress("").replace(/v1$/, "docs")}>
            {say.api}
          </a>
        </p>
      </div>
    </Page>
  );
}

function Standing() {
  const say = words();
  const found = useAnswer("info", () => read<Schemas["StoreInfo"]>("/info"));
  const { data: info, failure } = found.value;
  return (
    <Page crumbs={[{ label: say.status }]}>
      <div class="scroll settings">
        {failure && <FailureNote failure={failure} />}
        {info && (
          <>
            <h2>{say.workspace}</h2>
            <dl class="facts">
              <dt>{say.place}</dt>
              <dd class="mono">{info.location}</dd>
              <dt>{say.id}</dt>
              <dd class="mono">{info.workspace_id}</dd>
              <dt>{say.backend}</dt>
              <dd>{info.backend}</dd>
              <dt>{say.version}</dt>
              <dd>{info.version}</dd>
              <dt>{say.runs}</dt>
              <dd>{count(info.runs)}</dd>
              <dt>{say.bytes}</dt>
              <dd>{info.size_bytes ? size(info.size_bytes) : "–"}</dd>
            </dl>
          </>
        )}
        <h2>{say.server}</h2>
        <dl class="facts">
          <dt>{say.changes}</dt>
          <dd>{standing.value === "live" ? say.live : say.waiting}</dd>
        </dl>
      </div>
    </Page>
  );
}
