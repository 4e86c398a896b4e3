"""What every backend promises of queues: order, leases, fences."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import time
from typing import Any, Final

import pytest

from runwatch.schema import limit
from runwatch.schema.error import (
    ConflictError,
    FencedError,
    GoneError,
    InvalidValueError,
    LimitError,
    NotFoundError,
)
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
from runwatch.schema.run import Delete, Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import START_AT, all_pages, new_run, refused

_SHORT_S: Final = 0.02
"""A lease that has run out when it is looked at next."""

_GPU: Final = Target(name="gpu", backend="slurm", slots=2, settings={"queue": ["x", 1]}, created_at=START_AT)


def _queue(store: Store, target: str = "gpu", **changes: Any) -> Job:
    return store.jobs.create(CreateJob(run_id=new_run(store).run_id, target=target, **changes))


def _lease(store: Store, agent: str = "a", lease_s: float = 30.0, target: str = "gpu") -> Job | None:
    return store.jobs.lease(LeaseJob(target=target, agent=agent, lease_s=lease_s)).job


def _taken(store: Store, agent: str = "a", lease_s: float = 30.0) -> Job:
    job = _lease(store, agent, lease_s)
    assert job is not None
    return job


def _taken_for_a_moment(store: Store) -> Job:
    """A job whose lease has run out."""
    job = _taken(store, lease_s=_SHORT_S)
    time.sleep(max(0.0, job.lease_until - time.time()) + 0.001)
    return job


def _renew(store: Store, job: Job, **changes: Any) -> Job:
    values: dict[str, Any] = {"agent": job.agent, "attempt": job.attempt} | changes
    return store.jobs.renew(RenewJob(job_id=job.job_id, **values))


def _list(store: Store, **conditions: Any) -> list[Job]:
    return all_pages(lambda cursor: store.jobs.list(ListJobs(cursor=cursor, **conditions)))


class _JobContract(Contract):
    @pytest.fixture
    def pool(self, store: Store) -> Store:
        """The store with a target of two slots."""
        store.jobs.put_target(_GPU)
        return store


class QueueContract(_JobContract):
    """Jobs wait their turn."""

    def test_a_job_is_as_it_was_asked_for(self, pool: Store, run: Run) -> None:
        made = pool.jobs.create(CreateJob(run_id=run.run_id, target="gpu", spec={"argv": ["a", 1]}, priority=3))
        assert (made.run_id, made.target, made.state, made.priority) == (run.run_id, "gpu", JobState.QUEUED, 3)
        assert (made.spec, made.attempt, made.position, made.agent) == ({"argv": ["a", 1]}, 0, 1, "")
        assert _list(pool) == [made]

    def test_queueing_a_run_again_gives_the_job_that_is_there(self, pool: Store, run: Run) -> None:
        first = pool.jobs.create(CreateJob(run_id=run.run_id, target="gpu"))
        assert pool.jobs.create(CreateJob(run_id=run.run_id, target="local", priority=9)) == first

    def test_run_and_target_must_be_there(self, pool: Store, run: Run) -> None:
        with refused(NotFoundError):
            pool.jobs.create(CreateJob(run_id=run.run_id, target="none"))
        with refused(NotFoundError):
            pool.jobs.create(CreateJob(run_id="none", target="gpu"))
        pool.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            pool.jobs.create(CreateJob(run_id=run.run_id, target="gpu"))

    def test_first_come_first_served(self, pool: Store) -> None:
        made = [_queue(pool).job_id for _ in range(2)]
        assert [_taken(pool).job_id for _ in range(2)] == made

    def test_a_higher_priority_goes_first(self, pool: Store) -> None:
        low, high, middle = (_queue(pool, priority=priority).job_id for priority in (-1, 5, 0))
        assert [job.job_id for job in _list(pool)] == [high, middle, low]
        assert [job.position for job in _list(pool)] == [1, 2, 3]
        assert [_taken(pool).job_id for _ in range(2)] == [high, middle]
        assert [(job.job_id, job.position) for job in _list(pool, states=(JobState.QUEUED,))] == [(low, 1)]

    def test_no_more_jobs_than_slots(self, pool: Store) -> None:
        for _ in range(3):
            _queue(pool)
        first = _taken(pool)
        _taken(pool)
        assert _lease(pool) is None
        _renew(pool, first, ended=True, result="completed")
        assert _lease(pool) is not None

    def test_a_target_without_slots_rests(self, pool: Store) -> None:
        pool.jobs.put_target(Target(name="gpu", slots=0))
        _queue(pool)
        assert _lease(pool) is None

    def test_targets_have_their_own_queues(self, pool: Store) -> None:
        mine = _queue(pool, "local")
        assert _lease(pool) is None
        assert mine.position == 1
        assert _queue(pool, "gpu").position == 1
        assert pool.jobs.lease(LeaseJob(target="local", agent="a")).job is not None

    def test_an_empty_queue_gives_nothing(self, pool: Store) -> None:
        assert _lease(pool) is None
        with refused(NotFoundError):
            _lease(pool, target="none")

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_show_each_once_in_the_order_of_running(self, pool: Store, limit: int) -> None:
        made = [_queue(pool, priority=priority) for priority in (0, 2, 0, 2, 1, 0)]
        running = _taken(pool).job_id
        order = sorted(made, key=lambda job: -job.priority)
        found = [job.job_id for job in _list(pool, limit=limit)]
        assert found[0] == running
        assert found == [job.job_id for job in order]

    def test_lists_by_target_run_and_state(self, pool: Store) -> None:
        first, other = _queue(pool), _queue(pool, "local")
        _renew(pool, _taken(pool), ended=True)
        assert [job.job_id for job in _list(pool)] == [other.job_id]
        assert [job.job_id for job in _list(pool, states=(JobState.ENDED,))] == [first.job_id]
        assert [job.job_id for job in _list(pool, target="local")] == [other.job_id]
        assert [job.job_id for job in _list(pool, run_id=first.run_id, states=tuple(JobState))] == [first.job_id]

    def test_cursors_and_limits_are_checked(self, pool: Store) -> None:
        for cursor in ("x", "é", "AAAA"):
            with refused(InvalidValueError):
                pool.jobs.list(ListJobs(cursor=cursor))
        with refused(InvalidValueError):
            pool.jobs.list(ListJobs(limit=0))
        with refused(LimitError):
            pool.jobs.list(ListJobs(limit=limit.PAGE_ROWS + 1))

    def test_a_queued_job_is_canceled_at_once(self, pool: Store) -> None:
        job = _queue(pool)
        assert pool.jobs.cancel(CancelJob(run_id=job.run_id)).changed == 1
        assert _lease(pool) is None
        (found,) = _list(pool, states=(JobState.ENDED,))
        assert (found.job_id, found.position) == (job.job_id, 0)
        assert pool.jobs.cancel(CancelJob(run_id=job.run_id)).changed == 0

    def test_a_leased_job_is_marked_for_its_agent(self, pool: Store) -> None:
        _queue(pool)
        job = _taken(pool)
        assert pool.jobs.cancel(CancelJob(run_id=job.run_id)).changed == 1
        found = _renew(pool, job)
        assert (found.cancel_requested, found.state) == (True, JobState.LEASED)

    def test_a_run_without_a_job_has_nothing_to_cancel(self, pool: Store, run: Run) -> None:
        assert pool.jobs.cancel(CancelJob(run_id=run.run_id)).changed == 0
        with refused(NotFoundError):
            pool.jobs.cancel(CancelJob(run_id="none"))

    def test_the_job_of_a_deleted_run_is_gone(self, pool: Store) -> None:
        job = _queue(pool)
        pool.runs.delete(Delete(run_ids=(job.run_id,)))
        assert _list(pool, states=tuple(JobState)) == []
        assert _lease(pool) is None


class LeaseContract(_JobContract):
    """One agent at a time works on a job."""

    def test_a_leased_job_names_its_holder(self, pool: Store) -> None:
        _queue(pool)
        before = time.time()
        job = _taken(pool, "agent-1", lease_s=30)
        assert (job.agent, job.attempt, job.state, job.position) == ("agent-1", 1, JobState.LEASED, 0)
        assert before + 30 <= job.lease_until <= time.time() + 30

    def test_no_job_goes_to_two_agents(self, pool: Store) -> None:
        _queue(pool)
        assert _lease(pool, "a") is not None
        assert _lease(pool, "b") is None

    def test_a_lease_that_ran_out_goes_to_another_agent(self, pool: Store) -> None:
        _queue(pool)
        old = _taken_for_a_moment(pool)
        new = _taken(pool, "b")
        assert (new.job_id, new.agent, new.attempt) == (old.job_id, "b", 2)

    def test_one_that_ran_out_comes_before_those_queued_later(self, pool: Store) -> None:
        first = _queue(pool)
        _queue(pool)
        _taken_for_a_moment(pool)
        assert _taken(pool, "b").job_id == first.job_id

    def test_the_old_holder_is_fenced(self, pool: Store) -> None:
        _queue(pool)
        old = _taken_for_a_moment(pool)
        _taken(pool, "b")
        for changes in ({}, {"ended": True}, {"release": True}):
            with refused(FencedError):
                _renew(pool, old, **changes)

    def test_an_agent_is_fenced_from_its_own_older_attempt(self, pool: Store) -> None:
        _queue(pool)
        old = _taken_for_a_moment(pool)
        new = _taken(pool, old.agent)
        with refused(FencedError):
            _renew(pool, old)
        assert _renew(pool, new).attempt == 2

    def test_a_holder_that_is_late_goes_on_if_nobody_took_over(self, pool: Store) -> None:
        _queue(pool)
        late = _taken_for_a_moment(pool)
        assert _renew(pool, late).lease_until > time.time()
        assert _lease(pool, "b") is None

    def test_renewing_holds_it_longer(self, pool: Store) -> None:
        _queue(pool)
        job = _taken(pool, lease_s=1)
        assert _renew(pool, job, lease_s=99).lease_until > job.lease_until + 90

    def test_an_ended_job_stays_ended(self, pool: Store) -> None:
        _queue(pool)
        job = _taken(pool)
        ended = _renew(pool, job, ended=True, result="failed")
        assert (ended.state, ended.result) == (JobState.ENDED, "failed")
        assert _renew(pool, job, ended=True, result="other") == ended
        with refused(FencedError):
            _renew(pool, job)
        assert _lease(pool, "b") is None

    def test_a_released_job_waits_again(self, pool: Store) -> None:
        _queue(pool)
        job = _taken(pool)
        back = _renew(pool, job, release=True, result="preempted")
        assert (back.state, back.agent, back.position, back.result) == (JobState.QUEUED, "", 1, "preempted")
        with refused(FencedError):
            _renew(pool, job)
        assert _taken(pool, "b").attempt == 2

    def test_a_released_job_that_was_canceled_is_over(self, pool: Store) -> None:
        _queue(pool)
        job = _taken(pool)
        pool.jobs.cancel(CancelJob(run_id=job.run_id))
        assert _renew(pool, job, release=True).state is JobState.ENDED

    def test_an_unknown_job_is_not_found(self, pool: Store) -> None:
        with refused(NotFoundError):
            pool.jobs.renew(RenewJob(job_id="none", agent="a", attempt=1))

    @pytest.mark.parametrize("lease_s", [0.0, -1.0, float("inf"), float("nan")])
    def test_a_lease_takes_a_time(self, pool: Store, lease_s: float) -> None:
        _queue(pool)
        with refused(InvalidValueError):
            _lease(pool, lease_s=lease_s)


class TargetContract(_JobContract):
    """Compute targets."""

    def test_local_is_always_there(self, pool: Store) -> None:
        (local,) = pool.jobs.list_targets(ListTargets(name="local")).targets
        assert (local.name, local.backend) == ("local", "local")
        assert local.slots >= 1
        with refused(ConflictError):
            pool.jobs.delete_target(DeleteTarget(name="local"))

    def test_targets_are_listed_by_name(self, pool: Store) -> None:
        pool.jobs.put_target(Target(name="a"))
        assert [row.name for row in pool.jobs.list_targets(ListTargets()).targets] == ["a", "gpu", "local"]
        assert pool.jobs.list_targets(ListTargets(name="gpu")).targets == (_GPU,)
        assert pool.jobs.list_targets(ListTargets(name="none")).targets == ()

    def test_a_target_changes_and_keeps_its_age(self, pool: Store) -> None:
        changed = pool.jobs.put_target(Target(name="gpu", backend="ray", slots=7, settings={"a": None}))
        assert (changed.backend, changed.slots, changed.settings) == ("ray", 7, {"a": None})
        assert changed.created_at == START_AT

    @pytest.mark.parametrize(("name", "slots"), [("", 1), ("x" * 5_000, 1), ("x", -1)])
    def test_other_targets_are_refused(self, pool: Store, name: str, slots: int) -> None:
        with refused(InvalidValueError):
            pool.jobs.put_target(Target(name=name, slots=slots))

    def test_one_with_jobs_is_not_deleted(self, pool: Store) -> None:
        job = _queue(pool)
        with refused(ConflictError):
            pool.jobs.delete_target(DeleteTarget(name="gpu"))
        held = _taken(pool)
        with refused(ConflictError):
            pool.jobs.delete_target(DeleteTarget(name="gpu"))
        _renew(pool, held, ended=True)
        assert pool.jobs.delete_target(DeleteTarget(name="gpu")).changed == 1
        assert pool.jobs.list_targets(ListTargets(name="gpu")).targets == ()
        with refused(NotFoundError):
            _lease(pool)
        assert job.job_id not in {row.job_id for row in _list(pool)}

    def test_an_unknown_one_is_not_found(self, pool: Store) -> None:
        with refused(NotFoundError):
            pool.jobs.delete_target(DeleteTarget(name="none"))
