"""Cancels runs and all that is below them: queued ones leave the queue, running ones are told to end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from runwatch.schema import limit
from runwatch.schema.error import NotFoundError
from runwatch.schema.job import CancelJob, Job, JobState, ListJobs
from runwatch.schema.run import ExitCause, ExitKind, GetRun, ListRuns, Run, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

ACTIVE: Final = (JobState.QUEUED, JobState.LEASED)


def has_job(store: Store, run_id: str) -> bool:
    """Whether a run is in a queue or at work in a slot."""
    return _job(store, run_id) is not None


def cancel_any(store: Store, run_id: str, evidence: str) -> Run:
    """Cancel a run as `runwatch.schema.job.CancelRun` says. Whoever can, rings its agent afterwards.

    Args:
        store: Where it is.
        run_id: The run.
        evidence: Who wanted it, kept with a run that has no job.
    """
    record = store.runs.get(GetRun(run_id=run_id))
    if record.status.is_terminal:
        return record
    if has_job(store, run_id):
        return cancel(store, record)
    cause = ExitCause(kind=ExitKind.CANCELED, evidence=evidence, at=time.time())
    return store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.CANCELED, reason="canceled", exit=cause))


def cancel(store: Store, record: Run) -> Run:
    """Cancel a submitted run and its children. Whoever can, rings its agent afterwards.

    Args:
        store: Where it is.
        record: The run.

    Returns:
        The run as it is now: Canceled if it was queued, CancelRequested if it ran.
    """
    for child in list(_below(store, record.run_id)):
        if not child.status.is_terminal and has_job(store, child.run_id):
            _cancel(store, child.run_id)
    _cancel(store, record.run_id)
    return store.runs.get(GetRun(run_id=record.run_id))


def _below(store: Store, run_id: str) -> Iterator[Run]:
    for child in walk(store.runs.list, ListRuns(parent_run_id=run_id, hidden=True, limit=limit.PAGE_ROWS)):
        yield child
        yield from _below(store, child.run_id)


def _cancel(store: Store, run_id: str) -> None:
    job = _job(store, run_id)
    if job is None:
        return
    if job.state is JobState.LEASED:
        _request(store, run_id)
    try:
        store.jobs.cancel(CancelJob(run_id=run_id))
    except NotFoundError:  # it ended at this moment
        return
    if _job(store, run_id) is not None:
        _request(store, run_id)  # an agent took it at this moment
    elif job.state is JobState.QUEUED:
        cause = ExitCause(kind=ExitKind.CANCELED, evidence="canceled while it was queued", at=time.time())
        store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.CANCELED, reason="canceled", exit=cause))


def _request(store: Store, run_id: str) -> None:
    status = store.runs.get(GetRun(run_id=run_id)).status
    if not status.is_terminal and status not in {RunStatus.CANCEL_REQUESTED, RunStatus.FINALIZING}:
        store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.CANCEL_REQUESTED))


def _job(store: Store, run_id: str) -> Job | None:
    found = store.jobs.list(ListJobs(run_id=run_id, states=ACTIVE, limit=1)).jobs
    return found[0] if found else None
