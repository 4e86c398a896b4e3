import type { Run } from "../../api/run";

/** What every part of a comparison is given: the runs, the one that others are held against first. */
export interface PartProps {
  runs: readonly Run[];
}
