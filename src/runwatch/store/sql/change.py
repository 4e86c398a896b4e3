"""The changes shelf over SQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from runwatch.schema.change import Change, ChangeKind, Changes, ListChanges
from runwatch.store.cursor import check_limit
from runwatch.store.sql.database import Database
from runwatch.store.sql.table.change import changes, sequence
from runwatch.store.sql.text import clean

_NOW: Final = select(sequence.c.value)


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
            now = int(connection.execute(_NOW).scalar_one())
            if request.after < 0 or request.after >= now:
                return Changes(changes=(), sequence=now)
            statement = select(changes).where(changes.c.sequence > request.after).order_by(changes.c.sequence)
            if request.subjects is not None:
                statement = statement.where(changes.c.subject.in_([clean(each) for each in request.subjects]))
            rows = connection.execute(statement.limit(limit + 1)).all()
        found = tuple(
            Change(
                sequence=row.sequence,
                kind=ChangeKind(row.kind),
                subject=row.subject,
                at=row.at,
                experiment_id=row.experiment_id,
            )
            for row in rows[:limit]
        )
        return Changes(changes=found, sequence=found[-1].sequence if len(rows) > limit else now)
