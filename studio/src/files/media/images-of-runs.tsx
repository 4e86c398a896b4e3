/** The images of several runs: a row for each metric, a column for each run, all at the step of one slider. */
import { useMemo } from "preact/hooks";
import { ofKind, useAnswer } from "../../api/cache";
import { FailureNote } from "../../ui/failure";
import "./media.css";
import { ImagePanel } from "./panel";
import { PlayerBar, usePlayer } from "./player";
import { stopsOf } from "./step";
import { stripsOf } from "./strips";
import { mediaWords } from "./words";

/** More columns than this are too small to see anything. */
const COLUMNS = 10;

export interface PicturedRun {
  run: string;
  label: string;
  href: string;
  colour: string;
}

export function ImagesOfRuns({ runs }: { runs: readonly PicturedRun[] }) {
  const say = mediaWords();
  const looked = runs.slice(0, COLUMNS);
  const ids = looked.map((each) => each.run);
  const found = useAnswer(
    `images side by side of ${ids.join()}`,
    () => Promise.all(ids.map(stripsOf)),
    ofKind("metrics"),
  ).value;
  const columns = found.data;
  const strips = useMemo(() => (columns ?? []).flat(), [columns]);
  const player = usePlayer(useMemo(() => stopsOf(strips), [strips]));
  const names = [...new Set(strips.map((strip) => strip.name))];
  if (found.failure) return <FailureNote failure={found.failure} />;
  if (!columns) return null;
  // A column without any image would stand before those that are looked for.
  const shown = looked
    .map((each, index) => ({ ...each, strips: columns[index]! }))
    .filter((each) => each.strips.length);
  const without = ids.length - shown.length;
  if (!names.length) return <div class="empty">{say.noImagesCompare}</div>;
  return (
    <>
      <div class="bar">
        <PlayerBar player={player} hasSteps={strips.some((strip) => strip.hasSteps)} />
        {without > 0 && <span class="dim small">{say.without(without)}</span>}
        {runs.length > COLUMNS && <span class="dim small">{say.firstRuns(COLUMNS, runs.length)}</span>}
      </div>
      <div class="scroll">
        <table class="image-table">
          <thead>
            <tr>
              <th scope="col">{say.metric}</th>
              {shown.map((each) => (
                <th key={each.run} scope="col">
                  <span class="chip" style={{ background: each.colour }} /> <a href={each.href}>{each.label}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {shown.map(({ run, label, strips }) => {
                  const strip = strips.find((each) => each.name === name);
                  const title = `${name} · ${label}`;
                  return (
                    <td key={run}>
                      {strip ? (
                        <ImagePanel run={run} strip={strip} player={player} title={title} headed={false} />
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
