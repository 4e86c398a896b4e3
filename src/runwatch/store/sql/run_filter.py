"""The conditions of a list of runs, as SQL with bound parameters only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, false, select

from runwatch.schema.run import RunConditions
from runwatch.store.filter.registered import shows_registered
from runwatch.store.filter.text import read_filter
from runwatch.store.filter.tree import speaks_of
from runwatch.store.sql import run_pick
from runwatch.store.sql.reserved import reserved_keys
from runwatch.store.sql.run_condition import translate
from runwatch.store.sql.run_pick import COMPARISONS, figure, is_column, label_is, pick
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import experiments, run_properties, run_tags, runs
from runwatch.store.sql.text import clean, contains

_EXPERIMENT: Final = select(experiments.c.experiment_key, experiments.c.run_count).where(
    experiments.c.experiment_id == bindparam("id")
)


class Filter(Struct, frozen=True):
    """The conditions of a list.

    Attributes:
        where: All that must hold of a row of ``runs``.
        few: They are known to leave at most about `run_pick.FEW_RUNS` runs.
    """

    where: list[ColumnElement[bool]]
    few: bool


def make_filter(connection: Connection, request: RunConditions, now: float) -> Filter:
    """Turn a request into conditions, in the form that suits how many runs each of them leaves.

    Args:
        connection: In a read transaction.
        request: A checked request.
        now: When the list's first page was asked for, seconds UTC.

    Raises:
        InvalidValueError: The request's filter is not in the language.
        LimitError: It asks too much.
    """
    stated = read_filter(request.filter, now)
    where = [*_own(request), *_family(request)]
    if not request.hidden and (stated is None or not speaks_of(stated, "hidden")):
        where.append(runs.c.hidden.is_(False))
    if not shows_registered(request, stated) and (reserved := reserved_keys(connection)):
        where.append(runs.c.experiment_key.not_in(reserved))
    few = request.parent_run_id is not None or request.root_run_id is not None
    if request.run_ids is not None:
        few = few or len(request.run_ids) <= run_pick.FEW_RUNS
    if request.experiment_id is not None:
        key, count = connection.execute(_EXPERIMENT, {"id": clean(request.experiment_id)}).first() or (None, 0)
        where.append(runs.c.experiment_key == key if key else false())
        few = few or count <= run_pick.FEW_RUNS
    picks = [pick(connection, table, clauses) for table, clauses in _elsewhere(request)]
    if stated is not None:
        picks.append(translate(connection, stated, now))
    return Filter([*where, *(each.where for each in picks)], few or any(each.few for each in picks))


def _own(request: RunConditions) -> Iterator[ColumnElement[bool]]:
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


def _family(request: RunConditions) -> Iterator[ColumnElement[bool]]:
    if request.parent_run_id is not None:
        yield runs.c.parent_run_id == clean(request.parent_run_id)
    if request.root_run_id is not None:
        yield runs.c.root_run_id == clean(request.root_run_id)
    if not request.include_children and request.parent_run_id is None and request.root_run_id is None:
        yield runs.c.parent_run_id.is_(None)


def _elsewhere(request: RunConditions) -> Iterator[tuple[FromClause, list[ColumnElement[bool]]]]:
    """Conditions on labels and figures of metrics."""
    for table, pairs in ((run_tags, request.tags), (run_properties, request.properties)):
        for key, value in pairs.items():
            mine = table.alias()
            yield mine, list(label_is(mine, key, value))
    for condition in request.conditions:
        mine = summaries.alias()  # the list itself may be sorted by another row of the same table
        holds = COMPARISONS[condition.op](figure(mine, condition.stat), float(condition.value))
        yield mine, [*is_column(mine, condition.metric), holds]
