"""Queues: order, slots, leases that run out, and one agent a job."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import update

from runwatch.schema.change import ChangeKind, ListChanges
from runwatch.schema.error import ConflictError, FencedError, GoneError, InvalidValueError, NotFoundError
from runwatch.schema.job import (
    CancelJob,
    CreateJob,
    DeleteTarget,
    Job,
    JobState,
    LeaseJob,
    ListJobs,
    ListTargets,
    RenewJob,
    Target,
)
from runwatch.schema.run import Delete
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.job import jobs
from tests.unit.store.sql.sample import make_run


def queue(store: SqlStore, run_id: str, **values: Any) -> Job:
    make_run(store, run_id)
    return store.jobs.create(CreateJob(**{"run_id": run_id, "target": "t", **values}))


def lease(store: SqlStore, agent: str = "x") -> Job | None:
    return store.jobs.lease(LeaseJob(target="t", agent=agent)).job


def let_leases_run_out(store: SqlStore) -> None:
    with store._database.write() as writing:
        writing.connection.execute(update(jobs).values(lease_until=1.0))


@pytest.fixture
def queued(store: SqlStore) -> SqlStore:
    store.jobs.put_target(Target(name="t", slots=2, settings={"queue": "gpu"}))
    queue(store, "a")
    queue(store, "b", priority=5)
    queue(store, "c", spec={"script": "train.py"})
    return store


def test_jobs_go_by_priority_and_then_in_turn(queued: SqlStore) -> None:
    waiting = queued.jobs.list(ListJobs(target="t")).jobs
    assert [(job.run_id, job.position) for job in waiting] == [("b", 1), ("a", 2), ("c", 3)]
    first = queued.jobs.list(ListJobs(limit=2))
    rest = queued.jobs.list(ListJobs(limit=2, cursor=first.next_cursor))
    assert [job.run_id for job in (*first.jobs, *rest.jobs)] == ["b", "a", "c"]
    assert rest.next_cursor is None
    taken = lease(queued)
    assert taken is not None
    assert (taken.run_id, taken.agent, taken.attempt, taken.position) == ("b", "x", 1, 0)


def test_repeating_a_request_finds_the_job(queued: SqlStore) -> None:
    there = queued.jobs.list(ListJobs(run_id="c")).jobs[0]
    assert queued.jobs.create(CreateJob(run_id="c", target="t", spec={"other": 1})) == there
    make_run(queued, "d")
    with pytest.raises(NotFoundError):
        queued.jobs.create(CreateJob(run_id="absent", target="t"))
    with pytest.raises(NotFoundError):
        queued.jobs.create(CreateJob(run_id="d", target="absent"))


def test_slots_limit_the_leases_that_live(queued: SqlStore) -> None:
    assert lease(queued, "x") is not None
    assert lease(queued, "y") is not None
    assert lease(queued, "z") is None
    let_leases_run_out(queued)
    taken = lease(queued, "z")
    assert taken is not None
    assert (taken.run_id, taken.attempt, taken.agent) == ("b", 2, "z")


def test_two_agents_never_get_one_job(store: SqlStore) -> None:
    store.jobs.put_target(Target(name="t", slots=100))
    for number in range(12):
        queue(store, f"r{number}")
    taken: list[str] = []

    def work(agent: str) -> None:
        while (job := lease(store, agent)) is not None:
            taken.append(job.run_id)

    threads = [threading.Thread(target=work, args=(f"agent-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"r{number}" for number in range(12))


def test_a_lease_is_renewed_released_and_ended_by_its_holder_only(queued: SqlStore) -> None:
    job = lease(queued)
    assert job is not None
    mine: dict[str, Any] = {"job_id": job.job_id, "agent": "x", "attempt": 1}
    assert queued.jobs.renew(RenewJob(**mine, lease_s=900.0)).lease_until > job.lease_until
    for wrong in ({"agent": "y"}, {"attempt": 2}):
        with pytest.raises(FencedError):
            queued.jobs.renew(RenewJob(**{**mine, **wrong}))
    back = queued.jobs.renew(RenewJob(**mine, release=True, result="preempted"))
    assert (back.state, back.position, back.result, back.agent) == (JobState.QUEUED, 1, "preempted", "")
    with pytest.raises(FencedError):
        queued.jobs.renew(RenewJob(**mine))
    again = lease(queued)
    assert again is not None
    assert (again.job_id, again.attempt) == (job.job_id, 2)
    mine["attempt"] = 2
    ended = queued.jobs.renew(RenewJob(**mine, ended=True, result="completed"))
    assert (ended.state, ended.result) == (JobState.ENDED, "completed")
    assert queued.jobs.renew(RenewJob(**mine, ended=True, result="completed")) == ended
    with pytest.raises(FencedError):
        queued.jobs.renew(RenewJob(**mine))
    with pytest.raises(NotFoundError):
        queued.jobs.renew(RenewJob(job_id="absent", agent="x", attempt=1))
    with pytest.raises(InvalidValueError):
        queued.jobs.renew(RenewJob(**mine, lease_s=0.0))


def test_canceling_ends_what_waits_and_marks_what_runs(queued: SqlStore) -> None:
    job = lease(queued)
    assert job is not None
    assert queued.jobs.cancel(CancelJob(run_id="a")).changed == 1
    assert queued.jobs.cancel(CancelJob(run_id="a")).changed == 0
    assert queued.jobs.cancel(CancelJob(run_id="b")).changed == 1
    states = {each.run_id: each for each in queued.jobs.list(ListJobs(states=tuple(JobState))).jobs}
    assert (states["a"].state, states["a"].result) == (JobState.ENDED, "canceled")
    assert (states["b"].state, states["b"].cancel_requested) == (JobState.LEASED, True)
    back = queued.jobs.renew(RenewJob(job_id=job.job_id, agent="x", attempt=1, release=True))
    assert (back.state, back.result) == (JobState.ENDED, "canceled")
    with pytest.raises(NotFoundError):
        queued.jobs.cancel(CancelJob(run_id="absent"))


def test_the_target_local_is_always_there(store: SqlStore) -> None:
    assert [target.name for target in store.jobs.list_targets(ListTargets()).targets] == ["local"]
    with pytest.raises(ConflictError):
        store.jobs.delete_target(DeleteTarget(name="local"))
    changed = store.jobs.put_target(Target(name="local", slots=7))
    assert store.jobs.list_targets(ListTargets(name="local")).targets == (changed,)
    assert changed.slots == 7


def test_a_target_goes_when_its_jobs_have_ended(queued: SqlStore) -> None:
    with pytest.raises(ConflictError):
        queued.jobs.delete_target(DeleteTarget(name="t"))
    for run_id in "abc":
        queued.jobs.cancel(CancelJob(run_id=run_id))
    assert queued.jobs.delete_target(DeleteTarget(name="t")).changed == 1
    with pytest.raises(NotFoundError):
        lease(queued)
    with pytest.raises(NotFoundError):
        queued.jobs.delete_target(DeleteTarget(name="t"))


def test_a_job_goes_with_its_run(queued: SqlStore) -> None:
    queued.runs.delete(Delete(run_ids=("b",)))
    assert [job.run_id for job in queued.jobs.list(ListJobs()).jobs] == ["a", "c"]
    with pytest.raises(GoneError):
        queued.jobs.create(CreateJob(run_id="b", target="t"))


def test_asking_in_vain_writes_nothing(store: SqlStore) -> None:
    store.jobs.put_target(Target(name="t"))
    before = store.changes.list(ListChanges(after=-1)).sequence
    assert lease(store) is None
    assert store.changes.list(ListChanges(after=-1)).sequence == before
    queue(store, "a")
    lease(store)
    last = store.changes.list(ListChanges(after=before)).changes[-1]
    assert (last.kind, last.subject) == (ChangeKind.JOBS, "t")
