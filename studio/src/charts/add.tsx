/** The dialog for a chart of one's own: which metrics, their values or one figure of each run, against what. */
import { useState } from "preact/hooks";
import { Dialog } from "../ui/dialog";
import { uiWords } from "../ui/words";
import type { Found } from "./found";
import { frameWords } from "./frame-words";
import { type MetricRef, type PanelSpec, refName, SHOWS, type Show, specId } from "./settings";

interface Props {
  found: readonly Found[];
  params: readonly string[];
  /** The chart that is changed, or null for a new one. */
  spec: PanelSpec | null;
  onDone: (spec: PanelSpec) => void;
  onClose: () => void;
}

const same = (a: MetricRef, b: MetricRef) => a.metric === b.metric && a.column === b.column;

export function AddChart({ found, params, spec, onDone, onClose }: Props) {
  const say = frameWords();
  const [metrics, setMetrics] = useState<MetricRef[]>(spec?.metrics ?? []);
  const [show, setShow] = useState<Show>(spec?.show ?? "last");
  const [against, setAgainst] = useState<string | null>(spec?.against ?? null);
  const [find, setFind] = useState("");
  const all = found.flatMap((metric) =>
    metric.columns.filter((each) => each.numeric).map((each) => ({ metric: metric.name, column: each.name })),
  );
  const named = all.filter((each) => each.metric.toLowerCase().includes(find.toLowerCase()));
  const turn = (ref: MetricRef) =>
    setMetrics(
      metrics.some((each) => same(each, ref)) ? metrics.filter((each) => !same(each, ref)) : [...metrics, ref],
    );
  const done = () => {
    const made = { metrics, show, against: show === "all" ? null : against };
    onDone({ id: specId(made), ...made });
  };
  return (
    <Dialog
      title={spec ? say.editTitle : say.addTitle}
      onClose={onClose}
      footer={
        <>
          <button type="button" class="button" onClick={onClose}>
            {uiWords().cancel}
          </button>
          <button type="button" class="button primary" disabled={!metrics.length} onClick={done}>
            {spec ? say.change : say.done}
          </button>
        </>
      }
    >
      <label class="chart-field">
        {say.metrics}
        <input
          type="search"
          class="field"
          placeholder={say.findMetrics}
          value={find}
          onInput={(event) => setFind(event.currentTarget.value)}
        />
      </label>
      <ul class="chart-names" aria-label={say.metrics}>
        {named.map((ref) => (
          <li key={`${ref.metric} ${ref.column}`}>
            <label>
              <input type="checkbox" checked={metrics.some((each) => same(each, ref))} onChange={() => turn(ref)} />{" "}
              <span class="cut">{refName(ref)}</span>
            </label>
          </li>
        ))}
      </ul>
      <label class="chart-field">
        {say.show}
        <select class="field" value={show} onChange={(event) => setShow(event.currentTarget.value as Show)}>
          {SHOWS.map((each) => (
            <option key={each} value={each}>
              {say.shows[each]}
            </option>
          ))}
        </select>
      </label>
      {show !== "all" && (
        <label class="chart-field">
          {say.against}
          <select
            class="field"
            value={against ?? ""}
            onChange={(event) => setAgainst(event.currentTarget.value || null)}
          >
            <option value="">{say.bars}</option>
            {params.map((name) => (
              <option key={name} value={name}>
                {say.parameter(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </Dialog>
  );
}
