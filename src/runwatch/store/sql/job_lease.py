"""Who works on which job: leases that one agent holds at a time, and that run out if it dies."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, update

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import FencedError, InvalidValueError, NotFoundError
from runwatch.schema.job import Job, JobState, LeaseJob, RenewJob
from runwatch.store.sql.database import Writing
from runwatch.store.sql.job_row import get_job, get_target
from runwatch.store.sql.table.job import jobs
from runwatch.store.sql.text import clean

_LIVE: Final = select(func.count()).where(
    jobs.c.target == bindparam("name"), jobs.c.state == JobState.LEASED.value, jobs.c.lease_until > bindparam("now")
)
_FREE: Final = or_(
    jobs.c.state == JobState.QUEUED.value,
    and_(jobs.c.state == JobState.LEASED.value, jobs.c.lease_until <= bindparam("now")),
)
_NEXT: Final = (
    select(jobs.c.job_key, jobs.c.attempt)
    .where(jobs.c.target == bindparam("name"), _FREE)
    .order_by(jobs.c.priority.desc(), jobs.c.job_key)
    .limit(1)
)
_HELD: Final = select(jobs).where(jobs.c.job_id == bindparam("id"))

CANCELED: Final = "canceled"
"""The result of a job that was ended before, or instead of, being done."""


def next_job(connection: Connection, target: str, now: float) -> Row[*tuple[Any, ...]] | None:
    """The key and attempts of the job that an agent would get, or None if none waits or no slot is free.

    Args:
        connection: In any transaction.
        target: The target's name.
        now: Seconds UTC.

    Raises:
        NotFoundError: There is no such target.
    """
    facts = {"name": clean(target), "now": now}
    if connection.execute(_LIVE, facts).scalar_one() >= get_target(connection, target).slots:
        return None
    return connection.execute(_NEXT, facts).first()


def lease_job(writing: Writing, request: LeaseJob) -> Job | None:
    """Give the next job to an agent; the write lock sees to it that no other one gets it too."""
    row = next_job(writing.connection, request.target, writing.at)
    if row is None:
        return None
    values = {
        "state": JobState.LEASED.value,
        "agent": clean(request.agent),
        "attempt": row.attempt + 1,
        "lease_until": writing.at + request.lease_s,
    }
    return _change(writing, row.job_key, request.target, values)


def renew_job(writing: Writing, request: RenewJob) -> Job:
    """Hold a lease longer, end its job, or put it back into the queue.

    Raises:
        NotFoundError: There is no such job.
        FencedError: Another agent or attempt holds it, or nobody does.
    """
    row = writing.connection.execute(_HELD, {"id": clean(request.job_id)}).first()
    if row is None:
        raise NotFoundError(f"There is no job {request.job_id!r}.", hint="It may have been deleted with its run.")
    if (row.agent, row.attempt) != (clean(request.agent), request.attempt):
        raise _fenced(row)
    if row.state == JobState.ENDED.value and request.ended:
        return get_job(writing.connection, row.job_key)  # the answer to an earlier copy of the request was lost
    if row.state != JobState.LEASED.value:
        raise _fenced(row)
    return _change(writing, row.job_key, row.target, _renewed(row, request, writing.at))


def _renewed(row: Row[*tuple[Any, ...]], request: RenewJob, now: float) -> dict[str, Any]:
    if request.ended:
        return {"state": JobState.ENDED.value, "result": clean(request.result)}
    if request.release and row.cancel_requested:
        return {"state": JobState.ENDED.value, "result": CANCELED}
    if request.release:
        return {"state": JobState.QUEUED.value, "agent": "", "lease_until": 0.0, "result": clean(request.result)}
    return {"lease_until": now + request.lease_s}


def _change(writing: Writing, key: int, target: str, values: dict[str, Any]) -> Job:
    writing.connection.execute(update(jobs).where(jobs.c.job_key == key).values(values))
    writing.notice(ChangeKind.JOBS, target)
    return get_job(writing.connection, key)


def _fenced(row: Row[*tuple[Any, ...]]) -> FencedError:
    return FencedError(
        f"The job {row.job_id!r} is no longer held by this agent and attempt.",
        hint="Stop working on it: another agent may have taken it over.",
        attempt=row.attempt,
        state=row.state,
    )


def check_lease(lease_s: float) -> None:
    """Check the length of a lease.

    Raises:
        InvalidValueError: It is not a positive time.
    """
    if not 0 < lease_s < float("inf"):
        raise InvalidValueError(f"A lease cannot hold for {lease_s} seconds.", hint="Give a positive number.")
