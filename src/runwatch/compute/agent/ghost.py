"""Runs that a submission left half-way: they wait for a place in a queue that nobody will ever give them."""

from __future__ import annotations

import logging
import time
from typing import Final

from runwatch.compute.agent import report
from runwatch.schema.job import Job, JobState, ListJobs
from runwatch.schema.launch import SCRIPT_RUN, STEP_RUN
from runwatch.schema.run import GetRun, ListRuns, Run, RunStatus
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

LOG = logging.getLogger(__name__)

WAITING: Final = (RunStatus.NOT_STARTED, RunStatus.QUEUED)

GHOST_S: Final = 1_800.0
"""A submission may take so long from the run to the job: it sends the snapshot in between."""


class Ghosts:
    """Finds and ends them.

    Args:
        store: Where they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def lay(self) -> None:
        """End every run that waits without a job for longer than a submission takes."""
        before = time.time() - GHOST_S
        queue = {job.run_id for job in walk(self._store.jobs.list, ListJobs())}
        waiting = list(walk(self._store.runs.list, ListRuns(type=SCRIPT_RUN, statuses=WAITING, hidden=True)))
        for run in waiting:
            if run.run_id not in queue and _since(run) < before:
                self._end(run)
        steps = walk(self._store.runs.list, ListRuns(type=STEP_RUN, statuses=WAITING, hidden=True))
        for step in list(steps):
            if step.run_id not in queue and self._is_over(step.parent_run_id):
                report.tell_canceled(self._store, step.run_id, "its pipeline ended before its turn came")

    def _is_over(self, run_id: str | None) -> bool:
        return run_id is not None and self._store.runs.get(GetRun(run_id=run_id)).status.is_terminal

    def _end(self, run: Run) -> None:
        job = self._job(run)
        if job is None:
            LOG.info("%s was never queued", run.run_id)
            report.tell_failure(self._store, run.run_id, "Its submission was broken off before it was in a queue.")
        elif job.state is JobState.ENDED:
            report.tell_canceled(self._store, run.run_id, "canceled while it was queued")

    def _job(self, run: Run) -> Job | None:
        found = self._store.jobs.list(ListJobs(run_id=run.run_id, states=tuple(JobState), limit=1)).jobs
        return found[0] if found else None


def _since(run: Run) -> float:
    return max((change.at for change in run.history), default=run.created_at)
