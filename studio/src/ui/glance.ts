/** What a summary beside a table shows of a run that other rooms draw; the app says where that comes from. */
import type { ComponentType } from "preact";
import type { Run } from "../api/run";

export interface GlanceProps {
  run: Run;
  /** The metrics whose charts are shown. */
  names: readonly string[];
}

type Load = () => Promise<{ default: ComponentType<GlanceProps> }>;

export const glance: { load?: Load } = {};
