"""Statements of the hot paths: compiled once, then given to the driver as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

NAMES_PER_QUERY: Final = 512
"""Names bound to one statement: SQLite takes 32,766, but the statement's text grows with them."""

Row: TypeAlias = tuple[Any, ...]
Item = TypeVar("Item")


class Statement:
    """A statement without the way through SQLAlchemy, which costs ten times what SQLite does to find one.

    Values reach the driver as they are and come back as they are stored: numbers, texts, bytes and None; a
    boolean comes back as 0 or 1.

    Args:
        statement: A select, insert, update or delete. It may hold values of its own, but no lists.
        order: The names of its parameters, in the order in which values will be given.
    """

    def __init__(self, statement: ClauseElement, order: Sequence[str]) -> None:
        compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(order))
        names: list[str] = compiled.positiontup  # type: ignore[attr-defined]  # SQLite's parameters have positions
        own = [name for name in dict.fromkeys(names) if name not in order]
        assert set(order) <= set(names), (order, names)
        self._sql = str(compiled)
        self._own = tuple(compiled.params[name] for name in own)
        places = [[*order, *own].index(name) for name in names]
        self._places = None if places == list(range(len(order))) else places

    def all(self, connection: Connection, *values: Any) -> list[Row]:
        """All rows.

        Args:
            connection: In any transaction.
            *values: The parameters.
        """
        return driver_of(connection).execute(self._sql, self._arranged(values)).fetchall()

    def first(self, connection: Connection, *values: Any) -> Row | None:
        """The first row, or None; nothing is read beyond it."""
        cursor = driver_of(connection).execute(self._sql, self._arranged(values))
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Execute it for each row of parameters; for none, do nothing.

        Args:
            connection: In a write transaction.
            rows: The parameters.
        """
        if rows:
            driver_of(connection).executemany(self._sql, [*map(self._arranged, rows)] if self._places else rows)

    def _arranged(self, values: Row) -> Row:
        if self._places is None:
            return values
        given = (*values, *self._own)
        return tuple([given[place] for place in self._places])


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection beneath one in use."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


class Lookup:
    """A select of the rows with one of many names: one `Statement` for each power of two of them.

    Args:
        statement: A select, without the condition on names.
        column: The column of the names.
        order: The names of the statement's parameters, which come before those of the condition.
    """

    def __init__(self, statement: Select[Any], column: ColumnElement[str], order: Sequence[str]) -> None:
        self._statement = statement
        self._column = column
        self._order = tuple(order)
        self._made: dict[int, Statement] = {}

    def all(self, connection: Connection, names: Iterable[str], *values: Any) -> list[Row]:
        """All rows.

        Args:
            connection: In any transaction.
            names: The names, each once.
            *values: The parameters.
        """
        found: list[Row] = []
        for some in batches(names, NAMES_PER_QUERY):
            size = 1 << (len(some) - 1).bit_length()
            filled = (*some, *some[-1:] * (size - len(some)))  # to name one twice does not find it twice
            found += self._of(size).all(connection, *values, *filled)
        return found

    def _of(self, size: int) -> Statement:
        made = self._made.get(size)
        if made is None:
            names = [f"name_{number}" for number in range(size)]
            condition = self._column.in_([bindparam(name, type_=Text) for name in names])
            made = self._made[size] = Statement(self._statement.where(condition), (*self._order, *names))
        return made


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of ``size``, the last one with what is left."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
