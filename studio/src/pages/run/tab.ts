import type { Run } from "../../api/run";

/** What every tab of a run's page is given. */
export interface TabProps {
  run: Run;
}
