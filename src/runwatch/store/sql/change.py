"""The changes shelf over SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from runwatch.schema.change import Change, ChangeKind, Changes, ListChanges
from runwatch.store.cursor import check_limit
from runwatch.store.sql.database import Database
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.change import changes, sequence
from runwatch.store.sql.text import clean

_COLUMNS: Final = (changes.c.sequence, changes.c.kind, changes.c.subject, changes.c.at, changes.c.experiment_id)
_SINCE: Final = select(*_COLUMNS).order_by(changes.c.sequence)
_NOW: Final = Statement(select(sequence.c.value), ())
_FIND: Final = Statement(
    _SINCE.where(changes.c.sequence > bindparam("after")).limit(bindparam("count")), ("after", "count")
)


class SqlChangeShelf:
    """What changed since; see `runwatch.store.protocol.ChangeShelf`.

    Args:
        database: Where rows live.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, request: ListChanges) -> Changes:
        """Notices after a sequence number, oldest first."""
        limit = check_limit(request.limit)
        with self._database.read() as connection:
            ((now,),) = _NOW.all(connection)
            if request.after < 0 or request.after >= now:
                return Changes(changes=(), sequence=now)
            rows: Sequence[Iterable[Any]]
            if request.subjects is None:
                rows = _FIND.all(connection, request.after, limit + 1)
            else:
                named = changes.c.subject.in_([clean(each) for each in request.subjects])
                statement = _SINCE.where(changes.c.sequence > request.after, named).limit(limit + 1)
                rows = connection.execute(statement).all()
        found = tuple(
            Change(sequence=number, kind=ChangeKind(kind), subject=subject, at=at, experiment_id=experiment_id)
            for number, kind, subject, at, experiment_id in rows[:limit]
        )
        return Changes(changes=found, sequence=found[-1].sequence if len(rows) > limit else now)
