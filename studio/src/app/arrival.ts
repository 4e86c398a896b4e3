/** Addresses of other studios that people have in notes and mails, for the same runs: where they lead here. */
import { address, decoded } from "../base/place";

/** What the original's addresses say of the workspace: here the server is the workspace's own. */
const THEIRS = ["wsid", "tid"];

/** Ids in a query as MLflow writes them: a JSON list. */
function listed(text: string | null): string[] {
  try {
    const found: unknown = JSON.parse(text ?? "");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** MLflow's pages stand behind the hash: `#/experiments/0/runs/abc`. */
function fromHash(hash: string): string | null {
  const [path = "", query = ""] = hash.slice(2).split("?");
  const [first, id, third, run] = path.split("/").map(decoded);
  if (first === "experiments" && id && third === "runs" && run) return address(["runs", run]);
  if (first === "experiments" && id) return address(["experiments", "id", id]);
  if (first === "experiments") return address(["experiments"]);
  if (first === "compare-runs")
    return address(["compare"], { runs: listed(new URLSearchParams(query).get("runs")).join(",") });
  return null;
}

/** Where somebody is to go who came with another studio's address; null who came with one of ours. */
export function arrival(parts: readonly string[], query: URLSearchParams, hash: string): string | null {
  if (!parts.length && hash.startsWith("#/")) return fromHash(hash);
  const [first, second, , fourth, run] = parts;
  if (first === "experiments" && second === "id" && fourth === "runs" && run) return address(["runs", run]);
  if (!THEIRS.some((name) => query.has(name))) return null;
  return address(parts, Object.fromEntries([...query].filter(([name]) => !THEIRS.includes(name))));
}
