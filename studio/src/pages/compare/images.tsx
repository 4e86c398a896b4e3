/** The images of several runs: a row for each metric, a column for each run, all at the step of one slider. */
import { useMemo } from "preact/hooks";
import { ofKind, useAnswer } from "../../api/cache";
import { nameOf, placeOf } from "../../api/run";
import { inks } from "../../base/colour";
import { address } from "../../base/place";
import "../../files/media/media.css";
import { ImagePanel } from "../../files/media/panel";
import { PlayerBar, usePlayer } from "../../files/media/player";
import { stopsOf } from "../../files/media/step";
import { stripsOf } from "../../files/media/strips";
import { mediaWords } from "../../files/media/words";
import { FailureNote } from "../../ui/failure";
import type { PartProps } from "./compare";

/** More columns than this are too small to see anything. */
const COLUMNS = 10;

export function CompareImages({ runs }: PartProps) {
  const say = mediaWords();
  const shown = runs.slice(0, COLUMNS);
  const ids = shown.map((run) => run.run_id);
  const found = useAnswer(`images of ${ids.join()}`, () => Promise.all(ids.map(stripsOf)), ofKind("metrics")).value;
  const columns = found.data;
  const strips = useMemo(() => (columns ?? []).flat(), [columns]);
  const player = usePlayer(useMemo(() => stopsOf(strips), [strips]));
  const names = [...new Set(strips.filter((strip) => strip.shots.length).map((strip) => strip.name))];
  const dealt = inks(ids);
  if (found.failure) return <FailureNote failure={found.failure} />;
  if (!columns) return null;
  if (!names.length) return <div class="empty">{say.noImagesCompare}</div>;
  return (
    <>
      <div class="bar">
        <PlayerBar player={player} hasSteps={strips.some((strip) => strip.hasSteps)} />
      </div>
      <div class="scroll">
        <table class="image-table">
          <thead>
            <tr>
              <th scope="col">{say.metric}</th>
              {shown.map((run) => (
                <th key={run.run_id} scope="col">
                  <span class="chip" style={{ background: dealt.get(run.run_id)!.colour }} />{" "}
                  <a href={address(placeOf(run, "images"))}>{nameOf(run)}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {shown.map((run, index) => {
                  const strip = columns[index]?.find((each) => each.name === name);
                  const title = `${name} · ${nameOf(run)}`;
                  return (
                    <td key={run.run_id}>
                      {strip?.shots.length ? (
                        <ImagePanel run={run.run_id} strip={strip} player={player} title={title} headed={false} />
                      ) : (
                        <span class="image none">{say.none}</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
