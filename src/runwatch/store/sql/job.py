"""The jobs shelf over SQL."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from runwatch.schema import job as words
from runwatch.schema import limit as limits
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, InvalidValueError
from runwatch.schema.job import Job, JobPage, JobState, Leased, ListJobs, Target, Targets
from runwatch.schema.metric import Done
from runwatch.store import cursor
from runwatch.store.sql import job_lease
from runwatch.store.sql.database import Database
from runwatch.store.sql.job_row import JOBS, STATE_RANK, get_job, get_target, to_job, to_target
from runwatch.store.sql.run_key import run_key
from runwatch.store.sql.table.job import jobs, targets
from runwatch.store.sql.table.run import runs
from runwatch.store.sql.text import clean, to_json

LOCAL: Final = "local"
"""The target that is always there."""

_OF_RUN: Final = select(jobs).where(jobs.c.run_key == bindparam("key"))
_UNDONE: Final = (JobState.QUEUED.value, JobState.LEASED.value)


class _Place(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    state_rank: int
    falling: Annotated[int, Meta(ge=-(2**62), le=2**62)]  # the priority, negated
    job_key: Annotated[int, Meta(ge=0, le=2**62)]


class SqlJobShelf:
    """Compute targets and their queues; see `runwatch.store.protocol.JobShelf`.

    Args:
        database: Where rows live.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, request: words.CreateJob) -> Job:
        """Queue a run."""
        if not -limits.STEP_MAX <= request.priority * 2 <= limits.STEP_MAX:
            raise InvalidValueError(f"The priority {request.priority} is out of range.", hint="Use a small integer.")
        spec = to_json(request.spec)
        with self._database.write() as writing:
            connection = writing.connection
            key = run_key(connection, request.run_id)
            there = connection.execute(_OF_RUN, {"key": key}).first()
            if there is not None:
                return get_job(connection, there.job_key)
            target = get_target(connection, request.target)
            row = {"job_id": str(uuid.uuid4()), "run_key": key, "target": target.name, "state": JobState.QUEUED.value}
            row |= {"priority": request.priority, "queued_at": writing.at, "spec": spec, "agent": "", "attempt": 0}
            row |= {"lease_until": 0.0, "cancel_requested": False, "result": ""}
            made = connection.execute(insert(jobs).returning(jobs.c.job_key), row).scalar_one()
            writing.notice(ChangeKind.JOBS, target.name)
            return get_job(connection, made)

    def list(self, request: ListJobs) -> JobPage:
        """Jobs in the order in which they will run: those that run, those that wait, those that ended."""
        limit = cursor.check_limit(request.limit)
        order = (STATE_RANK, -jobs.c.priority, jobs.c.job_key)
        statement = JOBS.where(*_conditions(request)).order_by(*order).limit(limit + 1)
        if request.cursor is not None:
            place = cursor.from_text(request.cursor, _Place)
            statement = statement.where(tuple_(*order) > tuple_(place.state_rank, place.falling, place.job_key))
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        page, more = rows[:limit], len(rows) > limit
        last = _Place(page[-1].state_rank, -page[-1].priority, page[-1].job_key) if more else None
        return JobPage(jobs=tuple(map(to_job, page)), next_cursor=cursor.to_text(last) if last else None)

    def lease(self, request: words.LeaseJob) -> Leased:
        """Take the next job of a target."""
        job_lease.check_lease(request.lease_s)
        with self._database.read() as connection:  # agents ask often, and mostly in vain: that should not cost a write
            if job_lease.next_job(connection, request.target, time.time()) is None:
                return Leased()
        with self._database.write() as writing:
            return Leased(job=job_lease.lease_job(writing, request))

    def renew(self, request: words.RenewJob) -> Job:
        """Hold a lease, end the job or put it back."""
        job_lease.check_lease(request.lease_s)
        with self._database.write() as writing:
            return job_lease.renew_job(writing, request)

    def cancel(self, request: words.CancelJob) -> Done:
        """End a run's job; a job that ended, or that is marked already, is left alone."""
        with self._database.write() as writing:
            connection = writing.connection
            row = connection.execute(_OF_RUN, {"key": run_key(connection, request.run_id)}).first()
            if row is None or row.state == JobState.ENDED.value or row.cancel_requested:
                return Done()
            values: dict[str, object] = {"cancel_requested": True}
            if row.state == JobState.QUEUED.value:
                values |= {"state": JobState.ENDED.value, "result": job_lease.CANCELED}
            connection.execute(update(jobs).where(jobs.c.job_key == row.job_key).values(values))
            writing.notice(ChangeKind.JOBS, row.target)
            return Done(changed=1)

    def put_target(self, request: Target) -> Target:
        """Make or change a target; when it was made stays."""
        _check_target(request)
        with self._database.write() as writing:
            row = {"name": request.name, "backend": clean(request.backend), "slots": request.slots}
            row |= {"settings": to_json(request.settings), "created_at": request.created_at or writing.at}
            statement = upsert(targets).values(row)
            changed = {name: statement.excluded[name] for name in ("backend", "slots", "settings")}
            writing.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))
            writing.notice(ChangeKind.JOBS, request.name)
            return get_target(writing.connection, request.name)

    def list_targets(self, request: words.ListTargets) -> Targets:
        """Targets by name."""
        statement = select(targets).order_by(targets.c.name)
        if request.name is not None:
            statement = statement.where(targets.c.name == clean(request.name))
        with self._database.read() as connection:
            return Targets(targets=tuple(map(to_target, connection.execute(statement))))

    def delete_target(self, request: words.DeleteTarget) -> Done:
        """Delete a target that has no jobs queued or leased; the rows of its ended ones go with it."""
        if request.name == LOCAL:
            raise ConflictError("The target 'local' is always there.", hint="Set its slots instead.")
        with self._database.write() as writing:
            connection = writing.connection
            target = get_target(connection, request.name)
            if connection.execute(select(jobs).where(jobs.c.target == target.name, jobs.c.state.in_(_UNDONE))).first():
                raise ConflictError(
                    f"The target {target.name!r} has jobs.", hint="Cancel them, or wait until they have ended."
                )
            connection.execute(delete(jobs).where(jobs.c.target == target.name))
            connection.execute(delete(targets).where(targets.c.name == target.name))
            writing.notice(ChangeKind.DELETED, target.name)
            return Done(changed=1)


def _conditions(request: ListJobs) -> Iterator[ColumnElement[bool]]:
    if request.target is not None:
        yield jobs.c.target == clean(request.target)
    if request.run_id is not None:
        yield runs.c.run_id == clean(request.run_id)
    yield jobs.c.state.in_([clean(str(state)) for state in request.states] or _UNDONE)


def _check_target(target: Target) -> None:
    if not target.name or len(target.name) > limits.NAME_CHARS or target.name != clean(target.name):
        raise InvalidValueError(f"{target.name[:40]!r} cannot name a target.", hint="Use a short text.")
    if not 0 <= target.slots <= limits.STEP_MAX:
        raise InvalidValueError(f"A target cannot have {target.slots} slots.", hint="Give 0 (paused) or more.")
