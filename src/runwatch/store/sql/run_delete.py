"""Deleting runs with everything they hold, and empty experiments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, StoreUnavailableError
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.experiment import find_experiment
from runwatch.store.sql.run_key import missing_run
from runwatch.store.sql.table.change import changes
from runwatch.store.sql.table.run import deleted_runs, experiments, runs
from runwatch.store.sql.text import clean

BATCH: Final = 500
"""Values bound in one statement."""

VACUUM_PAGES: Final = 4_096
"""Pages (16 MiB) given back to the disk before other writers get their turn."""

CHECKPOINT_WAIT_S: Final = 0.2
"""How long cutting the log waits for readers of old snapshots; what is left then is cut by a later delete."""

_FAMILY: Final = (runs.c.run_key, runs.c.run_id, runs.c.experiment_key, experiments.c.experiment_id)
_NAMED: Final = (
    select(*_FAMILY).select_from(runs.join(experiments)).where(runs.c.run_id.in_(bindparam("ids", expanding=True)))
)
_CHILDREN: Final = (
    select(*_FAMILY)
    .select_from(runs.join(experiments))
    .where(runs.c.parent_run_id.in_(bindparam("ids", expanding=True)))
)


def delete_runs(writing: Writing, run_ids: Sequence[str]) -> list[str]:
    """Delete runs and all below them; their metrics, files' rows and jobs go with them.

    Args:
        writing: The transaction.
        run_ids: The runs.

    Returns:
        The ids of all that were deleted.

    Raises:
        NotFoundError: One is not there; nothing is deleted.
        GoneError: One was deleted before; nothing is deleted.
    """
    connection = writing.connection
    family = _family(connection, run_ids)
    for batch in _batches(list(family)):
        ids = [row.run_id for row in (family[key] for key in batch)]
        _delete(connection, runs, "run_key", batch)
        _delete(connection, changes, "subject", ids)
        rows = [{"run_id": run_id, "deleted_at": writing.at} for run_id in ids]
        connection.execute(insert(deleted_runs), rows)
    for row in family.values():
        writing.notice(ChangeKind.DELETED, row.run_id, row.experiment_id)
    for key, count in Counter(row.experiment_key for row in family.values()).items():
        mine = experiments.c.experiment_key == key
        connection.execute(update(experiments).where(mine).values(run_count=experiments.c.run_count - count))
    return [row.run_id for row in family.values()]


def delete_experiments(writing: Writing, experiment_ids: Sequence[str]) -> None:
    """Delete experiments that have no runs.

    Raises:
        NotFoundError: One is not there.
        ConflictError: One has runs.
    """
    connection = writing.connection
    for experiment_id in dict.fromkeys(experiment_ids):
        row = find_experiment(connection, experiment_id)
        if connection.execute(select(runs.c.run_key).where(runs.c.experiment_key == row.experiment_key)).first():
            raise ConflictError(
                f"The experiment {row.name!r} has runs.", hint="Delete its runs first.", experiment_id=experiment_id
            )
        _delete(connection, experiments, "experiment_key", [row.experiment_key])
        _delete(connection, changes, "subject", [experiment_id])
        writing.notice(ChangeKind.DELETED, experiment_id, experiment_id)


def give_back_pages(database: Database) -> None:
    """Give the pages of deleted rows back to the disk, and cut the log.

    What was deleted stays deleted if this cannot be done now; a later delete does it then.

    Args:
        database: No transaction of this thread is open on it.
    """
    with suppress(StoreUnavailableError):
        left, before = 1, 0
        while left and left != before:  # until none is free, or none can be given back
            with database.outside() as raw:
                raw.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()  # frees a page with every row read
                left, before = raw.execute("PRAGMA freelist_count").fetchone()[0], left
        with database.outside() as raw:
            wait = raw.execute("PRAGMA busy_timeout").fetchone()[0]
            raw.execute(f"PRAGMA busy_timeout={int(CHECKPOINT_WAIT_S * 1000)}")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.execute(f"PRAGMA busy_timeout={wait}")


def _family(connection: Connection, run_ids: Sequence[str]) -> dict[int, Row[*tuple[Any, ...]]]:
    """The runs and all below them, level by level."""
    wanted = list(dict.fromkeys(map(clean, run_ids)))
    level = _find(connection, _NAMED, wanted)
    there = {row.run_id for row in level}
    for run_id in wanted:
        if run_id not in there:
            raise missing_run(connection, run_id)
    family: dict[int, Row[*tuple[Any, ...]]] = {}
    while level:
        fresh = [row for row in level if row.run_key not in family]
        family.update((row.run_key, row) for row in fresh)
        level = _find(connection, _CHILDREN, [row.run_id for row in fresh])
    return family


def _find(connection: Connection, statement: Any, ids: Sequence[str]) -> list[Row[*tuple[Any, ...]]]:
    return [row for batch in _batches(ids) for row in connection.execute(statement, {"ids": batch})]


def _delete(connection: Connection, table: Table, name: str, values: Sequence[Any]) -> None:
    for batch in _batches(values):
        connection.execute(delete(table).where(table.c[name].in_(batch)))


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
