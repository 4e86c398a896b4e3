"""From a run's id to the integer its rows in other tables refer to."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select

from runwatch.schema.error import GoneError, NotFoundError, RunwatchError
from runwatch.store.sql.table.run import deleted_runs, runs
from runwatch.store.sql.text import clean

_KEY: Final = select(runs.c.run_key).where(runs.c.run_id == bindparam("id"))
_DELETED: Final = select(deleted_runs.c.deleted_at).where(deleted_runs.c.run_id == bindparam("id"))


def run_key(connection: Connection, run_id: str) -> int:
    """The key of a run.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
    """
    key: int | None = connection.execute(_KEY, {"id": clean(run_id)}).scalar()
    if key is None:
        raise missing_run(connection, run_id)
    return key


def missing_run(connection: Connection, run_id: str) -> RunwatchError:
    """Why a run that was asked for is not there, as an error to be raised."""
    if connection.execute(_DELETED, {"id": clean(run_id)}).first() is not None:
        return GoneError(f"The run {run_id!r} was deleted.", run_id=run_id)
    return NotFoundError(
        f"There is no run {run_id!r} in this workspace.", hint="List the runs to see the ids there are.", run_id=run_id
    )


def raise_if_deleted(connection: Connection, run_id: str) -> None:
    """Refuse an id that a deleted run had: what its processes still send must not end up in another run.

    Raises:
        GoneError: A run of this id was deleted.
    """
    if connection.execute(_DELETED, {"id": clean(run_id)}).first() is not None:
        raise GoneError(f"The run {run_id!r} was deleted.", hint="Choose another run id.", run_id=run_id)
