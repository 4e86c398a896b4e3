"""Picking runs by rows of tables of their own: labels, and figures of metrics.

Where few rows match, the runs are picked by them; else each run on the way is looked up there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, exists, func, select

from runwatch.schema.metric import MetricColumn, Stat
from runwatch.store.sql.table.run import label_start, runs
from runwatch.store.sql.text import clean

FEW_RUNS: Final = 5_000
"""Picking and sorting so many runs takes some milliseconds; of more, an index gives the first ones sooner."""

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}

_STAT_COLUMNS: Final[Mapping[Stat, str]] = {
    "last": "last_number",
    "first": "first_number",
    "min": "min",
    "max": "max",
    "count": "count",
}
INDEXED: Final = frozenset({"min", "max", "last"})
"""The figures that indexes of ``summaries`` go by."""


class Picked(Struct, frozen=True):
    """A condition on rows of ``runs``; it is true or false of each, never null.

    Attributes:
        where: The condition.
        few: It is known to leave at most about `FEW_RUNS` runs.
    """

    where: ColumnElement[bool]
    few: bool = False


def pick(
    connection: Connection, table: FromClause, clauses: Sequence[ColumnElement[bool]], *, indexed: bool = True
) -> Picked:
    """The runs that have a row in a table.

    Args:
        connection: In a read transaction.
        table: A table with a ``run_key``, under a name of its own.
        clauses: What holds of the row.
        indexed: Whether an index finds the rows; else nobody counts them beforehand.
    """
    key = table.c.run_key
    rows = select(key).where(*clauses)
    if indexed and _are_few(connection, rows.limit(FEW_RUNS + 1).subquery()):
        return Picked(runs.c.run_key.in_(rows), few=True)
    return Picked(exists().where(key == runs.c.run_key, *clauses))


def _are_few(connection: Connection, some: FromClause) -> bool:
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW_RUNS


def label_is(table: FromClause, key: str, value: str | None) -> Iterator[ColumnElement[bool]]:
    """That a row of a table of labels has a key and, if it is not None, a value.

    Args:
        table: The table.
        key: The label's name.
        value: Its value; None means any.
    """
    yield table.c.key == clean(key)
    if value is not None:
        yield from text_is(table.c.value, clean(value))


def text_is(column: ColumnElement[str], text: str) -> Iterator[ColumnElement[bool]]:
    """That a text of a label is another one, so that the index over its start serves.

    Args:
        column: The label's.
        text: What it is to be.
    """
    yield label_start(column) == label_start(bindparam(None, text))
    yield column.is_not_distinct_from(text)  # "=" would make SQLite compute the first condition beforehand


def is_column(table: FromClause, wanted: MetricColumn) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a row of ``summaries`` is about a column of a metric.

    Args:
        table: ``summaries``, under any name.
        wanted: The column.
    """
    return table.c.metric == clean(wanted.metric), table.c.column == clean(wanted.column)


def figure(table: FromClause, stat: Stat) -> ColumnElement[Any]:
    """A figure in a row of ``summaries``; null where there is none, or where it is no number.

    Args:
        table: ``summaries``, under any name.
        stat: Which figure.
    """
    if stat == "mean":
        return table.c.sum / func.nullif(table.c.numeric - table.c.nonfinite, 0)
    return table.c[_STAT_COLUMNS[stat]]
