/** A confusion matrix: a table, so that it is read, printed and heard; as counts or as shares of each true class. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { exact, number } from "../../base/number";
import type { BodyProps } from "../kind";
import { Scrolled } from "../scrolled";
import { chartWords } from "../words";
import { useDocument } from "./document";
import { cut, matrix, normalised } from "./forms";

const OPTIONS = 28;
/** More classes than these are not drawn as a table, nor as a picture; the table of all is in the download. */
const CELLS = 100;
const PIXELS = 1_000;
/** More than these cannot be read as numbers beside each other. */
const LEGIBLE = 20;
/** Heights of cells: the largest, and those below which a label of each row, and the numbers, are left out. */
const [MOST, LABEL, NUMBER] = [48, 9, 15];

/** Between cells, and around them. */
const GAP = 1;

export interface HeatProps {
  labels: readonly string[];
  /** How full a cell is, 0 to 1. */
  filled: (row: number, column: number) => number;
  /** What a cell says. */
  text: (row: number, column: number) => string;
  name: string;
  height: number;
  onCanvas: (canvas: HTMLCanvasElement | null) => void;
}

/** `Heat` shows many classes, where there is one. */
export function Matrix({ Heat, ...props }: BodyProps & { Heat?: ComponentType<HeatProps> }) {
  const { form, chooser, instead } = useDocument(props, matrix);
  const [shares, setShares] = useState(false);
  const say = chartWords();
  const { handle, metric, height } = props;
  const rows = form ? normalised(form.counts) : [];
  const classes = form?.labels.length ?? 0;
  const heat = Heat && classes > LEGIBLE;
  const labels = form?.labels.slice(0, heat ? PIXELS : CELLS) ?? [];
  useEffect(() => {
    if (!form) return;
    handle.note.value = labels.length < classes ? `${labels.length} / ${classes} ${say.classes.toLowerCase()}` : "";
    handle.table = () => [
      [`${say.true} \\ ${say.predicted}`, ...form.labels],
      ...form.counts.map((row, index) => [form.labels[index]!, ...row]),
    ];
  }, [form, say]);
  if (!form) return instead;
  // As large as there is room for, so that all of it is seen; many classes without a picture are scrolled.
  const fits = classes <= LEGIBLE;
  const cell = fits ? Math.min(MOST, Math.floor((height - OPTIONS - GAP * (classes + 2)) / (classes + 1))) : MOST / 2;
  const every = Math.ceil(LABEL / cell);
  const most = form.counts.reduce((found, row) => Math.max(found, ...row), 1);
  const filled = (row: number, column: number) =>
    (shares ? rows[row]![column]! : form.counts[row]![column]! / most) || 0;
  const text = (row: number, column: number) =>
    `${say.true} ${labels[row]}, ${say.predicted} ${labels[column]}: ${exact(form.counts[row]![column]!)} (${number(rows[row]![column]!)})`;
  return (
    <>
      <div class="chart-options">
        {chooser}
        <button type="button" class="button" aria-pressed={shares} onClick={() => setShares(!shares)}>
          {say.normalised}
        </button>
        <span class="dim small cut">
          {say.true} ↓ {say.predicted} →
        </span>
      </div>
      {heat ? (
        <Heat
          labels={labels}
          filled={filled}
          text={text}
          name={metric.name}
          height={height - OPTIONS}
          onCanvas={(canvas) => (handle.canvas = canvas)}
        />
      ) : (
        <Scrolled label={metric.name} height={height - OPTIONS}>
          <table
            class={`chart-matrix${fits ? " fits" : ""}${cell < NUMBER ? " bare" : ""}`}
            style={{ "--cell": `${cell}px` } as never}
          >
            <thead>
              <tr>
                <td style={{ background: "none" }} />
                {labels.map((label) => (
                  <th key={label} scope="col" title={label}>
                    {cut(label, 10)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((label, row) => (
                <tr key={label}>
                  <th scope="row" title={label}>
                    {row % every ? "" : cut(label, 10)}
                  </th>
                  {labels.map((other, column) => {
                    const counted = form.counts[row]![column]!;
                    const share = rows[row]![column]!;
                    return (
                      <td
                        key={other}
                        title={text(row, column)}
                        style={{ "--share": String(filled(row, column)) } as never}
                      >
                        {shares ? (Number.isNaN(share) ? "–" : number(share)) : number(counted)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      )}
    </>
  );
}
