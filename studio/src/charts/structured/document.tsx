/** The document of a structured chart: the artifact that the metric's last row names. */
import type { ComponentChild } from "preact";
import { useMemo } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import type { BodyProps } from "../kind";
import { useLoaded } from "../loaded";
import { useRun } from "../one-run";
import { chartWords } from "../words";

interface Found<Form> {
  form: Form | null;
  chooser: ComponentChild;
  /** What to say instead of a chart. */
  instead: ComponentChild;
}

export function useDocument<Form>(props: BodyProps, read: (document: unknown) => Form | null): Found<Form> {
  const { run, chooser } = useRun(props);
  const metric = props.metric.of.get(run);
  const path = metric?.columns[0]?.last;
  const none = useMemo(() => new Set<string>(), []);
  const key = run && typeof path === "string" ? `${run}\n${path}\n${metric?.rows}` : null;
  const { data, failure } = useLoaded(key, none, (source) => source.document(run, String(path))).value;
  const form = useMemo(() => (data === undefined ? null : read(data)), [data]);
  const instead = failure ? (
    <FailureNote failure={failure} />
  ) : data !== undefined && !form ? (
    <p class="dim chart-nothing">{chartWords().mismatched}</p>
  ) : null;
  return { form, chooser, instead };
}
