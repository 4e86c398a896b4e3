/** A confusion matrix: a table, so that it is read, printed and heard; as counts or as shares of each true class. */
import { useEffect, useState } from "preact/hooks";
import { exact, number } from "../../base/number";
import type { BodyProps } from "../kind";
import { Scrolled } from "../scrolled";
import { chartWords } from "../words";
import { useDocument } from "./document";
import { cut, matrix, normalised } from "./forms";

const OPTIONS = 28;
/** More classes than these are not drawn; the table of all is in the download. */
const CELLS = 100;

export function Matrix(props: BodyProps) {
  const { form, chooser, instead } = useDocument(props, matrix);
  const [shares, setShares] = useState(false);
  const say = chartWords();
  const { handle, metric, height } = props;
  useEffect(() => {
    if (!form) return;
    handle.note.value = "";
    handle.table = () => [
      [`${say.true} \\ ${say.predicted}`, ...form.labels],
      ...form.counts.map((row, index) => [form.labels[index]!, ...row]),
    ];
  }, [form, say]);
  if (!form) return instead;
  const rows = normalised(form.counts);
  const labels = form.labels.slice(0, CELLS);
  const most = Math.max(1, ...form.counts.flat());
  return (
    <>
      <div class="chart-options">
        {chooser}
        <button type="button" class="button" aria-pressed={shares} onClick={() => setShares(!shares)}>
          {say.normalised}
        </button>
      </div>
      <Scrolled label={metric.name} height={height - OPTIONS}>
        <table class="chart-matrix">
          <caption>
            {say.true} ↓ {say.predicted} →
          </caption>
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
                  {cut(label, 10)}
                </th>
                {labels.map((other, column) => {
                  const counted = form.counts[row]![column]!;
                  const share = rows[row]![column]!;
                  const filled = shares ? share : counted / most;
                  const text = shares ? (Number.isNaN(share) ? "–" : number(share)) : number(counted);
                  const title = `${say.true} ${label}, ${say.predicted} ${other}: ${exact(counted)} (${number(share)})`;
                  return (
                    <td key={other} title={title} style={{ "--share": String(filled || 0) } as never}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </>
  );
}
