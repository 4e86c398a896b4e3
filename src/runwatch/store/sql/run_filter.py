"""The conditions of a list of runs, as SQL with bound parameters only."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    select,
)

from runwatch.schema.metric import Stat
from runwatch.schema.run import ListRuns, MetricCondition
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import LABEL_INDEX_CHARS, experiments, run_properties, run_tags, runs
from runwatch.store.sql.text import clean, contains

STAT_COLUMNS: Final[Mapping[Stat, str]] = {
    "last": "last_number",
    "first": "first_number",
    "min": "min",
    "max": "max",
    "count": "count",
}
"""The column of ``summaries`` that holds a figure."""

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


FEW_RUNS: Final = 5_000
"""Picking and sorting so many runs takes some milliseconds; of more, an index gives the first ones sooner."""


_EXPERIMENT: Final = select(experiments.c.experiment_key, experiments.c.run_count).where(
    experiments.c.experiment_id == bindparam("id")
)


class Filter(Struct, frozen=True):
    """The conditions of a list.

    Attributes:
        where: All that must hold of a row of ``runs``.
        few: They are known to leave at most about `FEW_RUNS` runs.
    """

    where: list[ColumnElement[bool]]
    few: bool


def make_filter(connection: Connection, request: ListRuns) -> Filter:
    """Turn a request into conditions, in the form that suits how many runs each of them leaves.

    Labels and figures of metrics stand in tables of their own. Where few rows of them match, the runs are picked by
    them; else each run on the way is looked up there.

    Args:
        connection: In a read transaction.
        request: A checked request.
    """
    where = [*_own(request), *_family(request)]
    few = request.parent_run_id is not None or request.root_run_id is not None
    if request.run_ids is not None:
        few = few or len(request.run_ids) <= FEW_RUNS
    if request.experiment_id is not None:
        key, count = connection.execute(_EXPERIMENT, {"id": clean(request.experiment_id)}).first() or (None, 0)
        where.append(runs.c.experiment_key == key if key else false())
        few = few or count <= FEW_RUNS
    for table, clauses in (*_labels(request), *map(_metric, request.conditions)):
        key = table.c.run_key
        picked = select(key).where(*clauses)
        if _are_few(connection, picked):
            few = True
            where.append(runs.c.run_key.in_(picked))
        else:
            where.append(exists().where(key == runs.c.run_key, *clauses))
    return Filter(where, few)


def _are_few(connection: Connection, picked: Select[Any]) -> bool:
    some = picked.limit(FEW_RUNS + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW_RUNS


def _own(request: ListRuns) -> Iterator[ColumnElement[bool]]:
    if request.run_ids is not None:
        yield runs.c.run_id.in_([clean(run_id) for run_id in request.run_ids])
    if request.statuses:
        yield runs.c.status.in_([clean(str(status)) for status in request.statuses])
    if request.type is not None:
        yield runs.c.type == clean(request.type)
    if request.target is not None:
        yield runs.c.target == clean(request.target)
    if request.search:
        yield contains(request.search, runs.c.run_id, runs.c.name, runs.c.display_name)
    if not request.hidden:
        yield runs.c.hidden.is_(False)


def _family(request: ListRuns) -> Iterator[ColumnElement[bool]]:
    if request.parent_run_id is not None:
        yield runs.c.parent_run_id == clean(request.parent_run_id)
    if request.root_run_id is not None:
        yield runs.c.root_run_id == clean(request.root_run_id)
    if not request.include_children and request.parent_run_id is None and request.root_run_id is None:
        yield runs.c.parent_run_id.is_(None)


def _labels(request: ListRuns) -> Iterator[tuple[FromClause, list[ColumnElement[bool]]]]:
    for table, pairs in ((run_tags, request.tags), (run_properties, request.properties)):
        for key, value in pairs.items():
            mine = table.alias()
            yield mine, list(label_is(mine, key, value))


def label_is(table: FromClause, key: str, value: str | None) -> Iterator[ColumnElement[bool]]:
    """That a row of a table of labels has a key and, if it is not None, a value.

    Args:
        table: The table.
        key: The label's name.
        value: Its value; None means any.
    """
    yield table.c.key == clean(key)
    if value is not None:
        text = clean(value)
        start = func.substr(table.c.value, literal_column("1"), literal_column(str(LABEL_INDEX_CHARS)))
        yield start == text[:LABEL_INDEX_CHARS]  # written as in the index, so that the index serves
        yield table.c.value.is_not_distinct_from(text)  # "=" would make SQLite compute the first condition beforehand


def _metric(condition: MetricCondition) -> tuple[FromClause, list[ColumnElement[bool]]]:
    wanted = condition.metric
    mine = summaries.alias()  # the list itself may be sorted by another row of the same table
    return mine, [
        mine.c.metric == clean(wanted.metric),
        mine.c.column == clean(wanted.column),
        _COMPARISONS[condition.op](mine.c[STAT_COLUMNS[condition.stat]], float(condition.value)),
    ]
