"""What the agent tells of runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch.compute.agent import report
from runwatch.schema.run import ExitKind, Run, RunStatus, UpdateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import get_run, new_run


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    made = MemoryStore()
    yield made
    made.close()


def put(store: MemoryStore, *statuses: RunStatus) -> Run:
    run = new_run(store)
    for status in statuses:
        run = store.runs.update(UpdateRun(run_id=run.run_id, status=status))
    return run


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.PREPARING),
        (RunStatus.STARTING, RunStatus.PREPARING, RunStatus.PREPARING),
        (RunStatus.PREPARING, RunStatus.STARTING, RunStatus.STARTING),
        (RunStatus.RUNNING, RunStatus.STARTING, RunStatus.RUNNING),
        (RunStatus.CANCEL_REQUESTED, RunStatus.PREPARING, RunStatus.CANCEL_REQUESTED),
        (RunStatus.COMPLETED, RunStatus.PREPARING, RunStatus.COMPLETED),
    ],
)
def test_a_stage_never_goes_back_behind_the_watcher(
    store: MemoryStore, before: RunStatus, told: RunStatus, after: RunStatus
) -> None:
    run = put(store, before)
    report.tell_stage(store, run, told)
    assert get_run(store, run.run_id).status is after


def test_failures_and_losses(store: MemoryStore) -> None:
    failed, lost, canceled = put(store), put(store), put(store)
    report.tell_failure(store, failed.run_id, "no such script")
    report.tell_failure(store, lost.run_id, "not heard of", lost=True)
    report.tell_canceled(store, canceled.run_id, "before it ran")
    found = [get_run(store, run.run_id) for run in (failed, lost, canceled)]
    assert [run.exit.kind for run in found if run.exit] == [ExitKind.NOT_STARTED, ExitKind.LOST, ExitKind.CANCELED]
    assert [run.error and run.error.message for run in found] == ["no such script", "not heard of", None]


@pytest.mark.parametrize(
    ("statuses", "has_run"),
    [
        ((), False),
        ((RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.STARTING), False),
        ((RunStatus.PREPARING, RunStatus.RUNNING), True),
        ((RunStatus.RUNNING, RunStatus.CANCEL_REQUESTED), True),
        ((RunStatus.PREPARING, RunStatus.CANCEL_REQUESTED), False),
        ((RunStatus.RUNNING, RunStatus.FINALIZING), True),
        ((RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.PREPARING), False),
    ],
)
def test_whether_this_attempt_has_run(store: MemoryStore, statuses: tuple[RunStatus, ...], has_run: bool) -> None:
    assert report.has_run(put(store, *statuses)) is has_run
