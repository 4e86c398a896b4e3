/** A saved view: looked up, and opened as the page that it is a view of. */
import { useEffect } from "preact/hooks";
import { useCall } from "../../api/cache";
import { address, go } from "../../base/place";
import { FailureNote } from "../../ui/failure";
import { Page } from "../../ui/page";

interface Saved {
  path?: unknown;
  query?: unknown;
}

/** Where a view leads; null if what was saved names no page. */
export function placeOfView(id: string, state: Saved): string | null {
  const { path, query } = state;
  if (!Array.isArray(path) || !path.length || path.some((part) => typeof part !== "string")) return null;
  const asked = Object.entries(typeof query === "object" && query ? query : {});
  const texts = asked.filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return address(path, { ...Object.fromEntries(texts), v: id.startsWith("h-") ? null : id });
}

export default function View({ at }: { at: readonly string[] }) {
  const id = at[0] ?? "";
  const { data, failure } = useCall("/views:get", { view_id: id }).value;
  const place = data && placeOfView(id, data.state as Saved);
  useEffect(() => {
    if (data) go(place ?? address([]), "replace");
  }, [data]);
  return <Page crumbs={[{ label: data?.name ?? id }]}>{failure && <FailureNote failure={failure} />}</Page>;
}
