/** A link to the run that a version was registered from; of one that is gone, its id. */
import { nameOf, placeOf, type Run } from "../../api/run";
import { address } from "../../base/place";
import { registryWords } from "./words";

interface Props {
  id: string | undefined;
  runs: ReadonlyMap<string, Run> | null;
}

export function SourceLink({ id, runs }: Props) {
  const run = id === undefined ? undefined : runs?.get(id);
  if (id === undefined || !runs) return <span class="dim">{id === undefined ? "–" : ""}</span>;
  if (!run)
    return (
      <span class="dim mono" title={registryWords().runGone(id)}>
        {id}
      </span>
    );
  return (
    <a class="link" href={address(placeOf(run))} title={`${run.experiment} / ${nameOf(run)}`}>
      {nameOf(run)}
    </a>
  );
}
