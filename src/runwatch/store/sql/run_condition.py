"""A condition of a filter as SQL: columns from a list of ours, everything typed by users as bound values.

What stands in a tree decides only which of the expressions below is taken. Each of them is true or false, never null,
so that ``not`` means what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, func, not_, or_, select

from runwatch.store.filter.tree import (
    All,
    Compare,
    Condition,
    Either,
    FigureField,
    Has,
    LabelField,
    Not,
    OwnField,
    depth,
)
from runwatch.store.sql import run_pick
from runwatch.store.sql.run_pick import COMPARISONS, INDEXED, Picked, figure, is_column, pick, text_is
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import experiments, run_params, run_properties, run_tags, runs
from runwatch.store.sql.text import folded

SHOWN_NAME: Final = func.coalesce(func.nullif(runs.c.display_name, ""), runs.c.name)
"""The name that lists show."""

EXPERIMENT_NAME: Final = (
    select(experiments.c.name).where(experiments.c.experiment_key == runs.c.experiment_key).scalar_subquery()
)

LABELS: Final = {"param": run_params, "tag": run_tags, "property": run_properties}
_OWN: Final[Mapping[str, ColumnElement[Any]]] = {
    name: runs.c[name]
    for name in (
        "run_id", "number", "status", "type", "target", "submitted_by", "host", "parent_run_id", "root_run_id",
        "created_at", "started_at", "ended_at", "hidden",
    )
} | {"name": SHOWN_NAME, "experiment": EXPERIMENT_NAME}  # fmt: skip
_FAMILY: Final = {"run_id", "parent_run_id", "root_run_id"}
"""Attributes of which one value belongs to few runs, and whose index finds them."""


def duration(now: float) -> ColumnElement[float]:
    """The seconds from a run's start to its end.

    Args:
        now: The end of those that go on, seconds UTC.
    """
    return func.coalesce(runs.c.ended_at, bindparam(None, now)) - runs.c.started_at


def own_value(name: str, now: float) -> ColumnElement[Any]:
    """A value of the run itself: see `runwatch.store.filter.tree.OwnField`.

    Args:
        name: The attribute.
        now: See `duration`.
    """
    return duration(now) if name == "duration" else _OWN[name]


def translate(connection: Connection, condition: Condition, now: float) -> Picked:
    """A condition on rows of ``runs``.

    Args:
        connection: In a read transaction: how many rows match decides which form suits.
        condition: The condition.
        now: See `duration`.
    """
    return _translate(connection, condition, now, hold=True)


def _translate(connection: Connection, condition: Condition, now: float, *, hold: bool) -> Picked:
    """That a condition holds, or does not: ``not`` is carried down to single terms, to save SQLite's parser levels."""
    match condition:
        case All(parts) | Either(parts):
            found = [_translate(connection, part, now, hold=hold) for part in _deepest_first(parts)]
            together = isinstance(condition, All) is hold
            join, some = (and_, any) if together else (or_, all)
            return Picked(join(*(each.where for each in found)), some(each.few for each in found))
        case Not(inner):
            return _translate(connection, inner, now, hold=not hold)
        case Has() | Compare():
            found_here = _term(connection, condition, now)
            return found_here if hold else Picked(not_(found_here.where))


def _deepest_first(parts: Sequence[Condition]) -> list[Condition]:
    """What nests deepest comes first: SQLite's parser keeps what stands before a parenthesis on a small stack."""
    return sorted(parts, key=depth, reverse=True)


def _term(connection: Connection, term: Has | Compare, now: float) -> Picked:
    comparison = term if isinstance(term, Compare) else None
    match term.field:
        case OwnField(name):
            return _own(connection, name, comparison, now)
        case LabelField() as field:
            return _label(connection, field, comparison)
        case FigureField() as field:
            return _figure(connection, field, comparison)


def _own(connection: Connection, name: str, comparison: Compare | None, now: float) -> Picked:
    value = own_value(name, now)
    if comparison is None:
        return Picked(value.is_not(None))
    if name == "hidden":
        return Picked(COMPARISONS[comparison.operator](runs.c.hidden, bool(comparison.value)))
    if name == "experiment":
        return _experiment(connection, comparison)
    few = name in _FAMILY and comparison.operator == "="
    return Picked(and_(value.is_not(None), _compare(value, comparison)), few)


def _experiment(connection: Connection, comparison: Compare) -> Picked:
    """Its key stands in the run, with an index; names of archived experiments may be shared by others."""
    named = select(experiments.c.experiment_key, experiments.c.run_count).where(
        _compare(experiments.c.name, comparison)
    )
    if comparison.operator != "=":
        return Picked(runs.c.experiment_key.in_(named.with_only_columns(experiments.c.experiment_key)))
    found = connection.execute(named).all()
    keys, count = [key for key, _ in found], sum(count for _, count in found)
    where = runs.c.experiment_key == keys[0] if len(keys) == 1 else runs.c.experiment_key.in_(keys)
    return Picked(where, count <= run_pick.FEW_RUNS)


def _label(connection: Connection, field: LabelField, comparison: Compare | None) -> Picked:
    mine = LABELS[field.kind].alias()
    where = [mine.c.key == field.key]
    if comparison is None:
        return pick(connection, mine, where)
    value, is_text = comparison.value, isinstance(comparison.value, str)
    column = mine.c[("text" if is_text else "number") if field.kind == "param" else "value"]
    if is_text and comparison.operator == "=":
        where += text_is(column, str(value))
        return pick(connection, mine, where)
    indexed = not is_text and comparison.operator != "!="
    return pick(connection, mine, [*where, _compare(column, comparison)], indexed=indexed)


def _figure(connection: Connection, field: FigureField, comparison: Compare | None) -> Picked:
    mine = summaries.alias()  # the list itself may be sorted by another row of the same table
    value = figure(mine, field.stat)
    holds = value.is_not(None) if comparison is None else _compare(value, comparison)
    indexed = field.stat in INDEXED and (comparison is None or comparison.operator != "!=")
    return pick(connection, mine, [*is_column(mine, field.metric), holds], indexed=indexed)


def _compare(column: ColumnElement[Any], comparison: Compare) -> ColumnElement[bool]:
    value = comparison.value
    if value != value:  # SQLite would bind a NaN as a null, which is neither true nor false
        return false()
    if comparison.operator == "~":
        return func.instr(folded(column), str(value).casefold()) > 0
    return COMPARISONS[comparison.operator](column, value)
