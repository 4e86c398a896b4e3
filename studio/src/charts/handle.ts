/** What a panel of the studio knows of what it shows, and what it lets charts do that the notebook's widget does not. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { gather, groupCurves } from "./group-curves";
import type { Handle } from "./kind";
import { withoutOutliers } from "./outliers";
import { remarksOf } from "./remarks";
import { unitOf } from "./unit";

/** Of what is shown in this form: of what is shown no more nothing is kept. */
export function useHandle(form: string | undefined): Handle {
  const note = useSignal("");
  const handle = useMemo<Handle>(
    () => ({
      note,
      remarks: remarksOf,
      within: withoutOutliers,
      gather,
      grouped: groupCurves,
      unit: unitOf,
      canvas: null,
      scene: null,
      table: null,
    }),
    [],
  );
  useMemo(() => Object.assign(handle, { scene: null, table: null }), [form]);
  return handle;
}
