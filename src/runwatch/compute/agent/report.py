"""What an agent tells the store of a run that no watcher speaks for: before it runs, and if it never does."""

from __future__ import annotations

import time
from typing import Final

from runwatch.journal.job_file import JobExit
from runwatch.schema.run import ExitCause, ExitKind, GetRun, Run, RunError, RunStatus, UpdateRun
from runwatch.store.protocol import Store

BEFORE: Final = {
    RunStatus.PREPARING: frozenset({RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.STARTING}),
    RunStatus.STARTING: frozenset({RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PREPARING}),
}
"""From where a run may enter a status; a watcher or a request to cancel may have been quicker."""


def tell_stage(store: Store, run: Run, status: RunStatus, reason: str = "") -> None:
    """Say that a run is Preparing or Starting."""
    if store.runs.get(GetRun(run_id=run.run_id)).status in BEFORE[status]:
        store.runs.update(UpdateRun(run_id=run.run_id, status=status, reason=reason))


def tell_failure(store: Store, run_id: str, message: str, *, lost: bool = False) -> None:
    """Say that a run could not be started, or that it was lost."""
    kind = ExitKind.LOST if lost else ExitKind.NOT_STARTED
    store.runs.update(UpdateRun(
        run_id=run_id, status=RunStatus.FAILED, reason="lost" if lost else "could not be started",
        error=RunError(message=message, code="Lost" if lost else "NotStarted"),
        exit=ExitCause(kind=kind, evidence=message, at=time.time()),
    ))  # fmt: skip


def tell_end(store: Store, run: Run, name: str, ended: JobExit) -> None:
    """Say how a job ended that never came to run."""
    if ended.cause != "canceled":
        tell_failure(store, run.run_id, ended.message)
    else:
        tell_canceled(store, run.run_id, f"{name} was canceled before it ran")


def tell_canceled(store: Store, run_id: str, evidence: str) -> None:
    """Say that a run was canceled that does not run."""
    cause = ExitCause(kind=ExitKind.CANCELED, evidence=evidence, at=time.time())
    store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.CANCELED, reason="canceled", exit=cause))


def has_run(run: Run) -> bool:
    """Whether this attempt of a run has begun to run, as far as the store knows."""
    for change in reversed(run.history):
        if change.status in {RunStatus.RUNNING, RunStatus.FINALIZING}:
            return True
        if change.status in {RunStatus.QUEUED, RunStatus.PREPARING}:
            return False
    return run.status in {RunStatus.RUNNING, RunStatus.FINALIZING}
