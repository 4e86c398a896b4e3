"""Jobs and targets as rows, and the order of a queue."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.sql.selectable import ScalarSelect

from runwatch.schema.error import NotFoundError
from runwatch.schema.job import Job, JobState, Target
from runwatch.store.sql.table.job import jobs, targets
from runwatch.store.sql.table.run import runs
from runwatch.store.sql.text import clean, from_json

_ahead = jobs.alias("ahead")


def _position() -> ScalarSelect[int]:
    """How many queued jobs of the same target go before a queued job, and 1; for others 0."""
    earlier = or_(
        _ahead.c.priority > jobs.c.priority,
        and_(_ahead.c.priority == jobs.c.priority, _ahead.c.job_key <= jobs.c.job_key),
    )
    return (
        select(func.count())
        .select_from(_ahead)
        .where(
            jobs.c.state == JobState.QUEUED.value,
            _ahead.c.target == jobs.c.target,
            _ahead.c.state == JobState.QUEUED.value,
            earlier,
        )
        .scalar_subquery()
    )


STATE_RANK: Final = case({"leased": 0, "queued": 1}, value=jobs.c.state, else_=2)
"""Jobs that run come before jobs that wait, and these before jobs that ended."""

JOBS: Final[Select[Any]] = select(
    jobs, runs.c.run_id, _position().label("position"), STATE_RANK.label("state_rank")
).select_from(jobs.join(runs))

_BY_KEY: Final = JOBS.where(jobs.c.job_key == bindparam("key"))
_TARGET: Final = select(targets).where(targets.c.name == bindparam("wanted"))


def get_job(connection: Connection, key: int) -> Job:
    """One job by its key."""
    return to_job(connection.execute(_BY_KEY, {"key": key}).one())


def to_job(row: Row[*tuple[Any, ...]]) -> Job:
    """The job in a row of `JOBS`."""
    return Job(
        job_id=row.job_id,
        run_id=row.run_id,
        target=row.target,
        state=JobState(row.state),
        priority=row.priority,
        queued_at=row.queued_at,
        position=row.position,
        spec=from_json(row.spec),
        agent=row.agent,
        attempt=row.attempt,
        lease_until=row.lease_until,
        cancel_requested=row.cancel_requested,
        result=row.result,
    )


def to_target(row: Row[*tuple[Any, ...]]) -> Target:
    """The target in a row of its table."""
    return Target(
        name=row.name,
        backend=row.backend,
        slots=row.slots,
        settings=from_json(row.settings),
        created_at=row.created_at,
    )


def get_target(connection: Connection, name: str) -> Target:
    """One target by its name.

    Raises:
        NotFoundError: There is none of this name.
    """
    row = connection.execute(_TARGET, {"wanted": clean(name)}).first()
    if row is None:
        raise NotFoundError(
            f"There is no compute target {name!r} in this workspace.",
            hint="List the targets to see the names there are; 'local' is always there.",
            target=name,
        )
    return to_target(row)
