"""All runs at once: their order, the facts that groups are made of, and rows by their keys."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal, select

from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import RunConditions
from runwatch.schema.survey import GroupFigure, GroupKey, GroupRuns
from runwatch.store.protocol import RankedRow, Ranking, RunFacts
from runwatch.store.sql.run_condition import LABELS, own_value
from runwatch.store.sql.run_filter import make_filter
from runwatch.store.sql.run_list import find_summaries
from runwatch.store.sql.run_order import ALWAYS_THERE, values_of, whole
from runwatch.store.sql.run_pick import figure, is_column
from runwatch.store.sql.run_row import to_runs
from runwatch.store.sql.table.change import sequence
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import runs
from runwatch.store.sql.text import clean

_NOW: Final = select(sequence.c.value)
_ROWS: Final = select(
    *(column for column in runs.c if column is not runs.c.definition),
    literal("{}").label("definition"),  # it may be large, and no table shows it
).where(runs.c.run_key.in_(bindparam("keys", expanding=True)))
_CHILDREN: Final = (
    select(runs.c.parent_run_id, func.count())
    .where(runs.c.parent_run_id.in_(bindparam("run_ids", expanding=True)))
    .group_by(runs.c.parent_run_id)
)


def rank(connection: Connection, request: RunConditions) -> Ranking:
    """The keys of all runs that meet conditions, in their order.

    Args:
        connection: In a read transaction.
        request: Checked conditions.
    """
    now = int(connection.execute(_NOW).scalar_one())
    keys = array("q", (row[0] for row in _ordered(connection, request, time.time())))
    return Ranking(handles=keys, sequence=now)


def list_facts(connection: Connection, request: GroupRuns) -> list[RunFacts]:
    """What is to be grouped, in the order of the runs.

    Args:
        connection: In a read transaction.
        request: A checked request.
    """
    now, keys = time.time(), len(request.by) + 1
    columns = [runs.c.run_id, *(_value(key, now) for key in request.by), *map(_figure, request.figures)]
    rows = (row[-len(columns) :] for row in _ordered(connection, request, now, columns))
    return [RunFacts(run_id=row[0], values=row[1:keys], figures=row[keys:]) for row in rows]


def look_up(connection: Connection, keys: Sequence[int], columns: Sequence[MetricColumn]) -> list[RankedRow | None]:
    """Rows by their keys, in this order; None where there is no run any more.

    Args:
        connection: In a read transaction.
        keys: At most as many as fit one statement.
        columns: Whose summaries come along.
    """
    if not keys:
        return []
    rows = connection.execute(_ROWS, {"keys": list(keys)}).all()
    there = [row.run_key for row in rows]
    children: dict[str, int] = dict(connection.execute(_CHILDREN, {"run_ids": [row.run_id for row in rows]}).all())
    figures = find_summaries(connection, there, columns)
    found = {
        key: RankedRow(run=run, summaries=of_run, children=children.get(run.run_id, 0))
        for key, run, of_run in zip(there, to_runs(connection, rows), figures, strict=True)
    }
    return [found.get(key) for key in keys]


def _ordered(
    connection: Connection, request: RunConditions, now: float, more: Sequence[ColumnElement[Any]] = ()
) -> Sequence[tuple[Any, ...]]:
    """The runs in their order: keys first, further columns last."""
    kinds = values_of(request.order, now)
    statement = whole(make_filter(connection, request, now), kinds, request.order).add_columns(*more)
    rows = connection.execute(statement).all()
    if request.order.field in ALWAYS_THERE or request.order.descending:
        return rows
    nothing = (None,) * len(kinds)
    without = sum(1 for _ in takewhile(lambda row: row[1 : len(kinds) + 1] == nothing, reversed(rows)))
    end = len(rows) - without
    return [*rows[:end], *reversed(rows[end:])]  # of runs without a value the newest come first


def _value(key: GroupKey, now: float) -> ColumnElement[Any]:
    if key.field not in LABELS:
        return own_value(key.field, now)
    mine = LABELS[key.field].alias()  # runs may be sorted by another row of the same table
    wanted = select(mine.c.value).where(mine.c.run_key == runs.c.run_key, mine.c.key == clean(key.key))
    return wanted.correlate(runs).scalar_subquery()


def _figure(wanted: GroupFigure) -> ColumnElement[Any]:
    mine = summaries.alias()
    of_column = is_column(mine, MetricColumn(metric=wanted.metric, column=wanted.column))
    statement = select(figure(mine, wanted.stat)).where(mine.c.run_key == runs.c.run_key, *of_column)
    return statement.correlate(runs).scalar_subquery()
