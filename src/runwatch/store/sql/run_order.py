"""The order of a list of runs, and the place where a page of it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, FromClause, Row, Select, exists, null, or_, select, tuple_

from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import RunOrder
from runwatch.store import cursor
from runwatch.store.sql.run_condition import LABELS, own_value
from runwatch.store.sql.run_filter import Filter
from runwatch.store.sql.run_pick import INDEXED, figure, is_column
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import label_start, runs
from runwatch.store.sql.text import clean

ALWAYS_THERE: Final = frozenset({"created_at", "number", "status", "experiment"})
"""What no run lacks."""


class Place(Struct, frozen=True):
    """Where the previous page ended.

    Attributes:
        now: When the first page was asked for, seconds UTC.
        value: The last row's sort value, None if it had none.
        run_key: The last row.
    """

    now: float
    value: float | str | None
    run_key: int


class _Cursor(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    order: str
    now: float
    value: float | str | None
    run_key: Annotated[int, Meta(ge=0, le=2**62)]


class Values(Struct, frozen=True):
    """One kind of values that runs are sorted by; each run has at most one value of all the kinds of an order.

    Attributes:
        kind: ``float`` or ``str``.
        column: The value, null where there is none.
        source: The table beside ``runs`` that has it; None if it is the run's own.
        where: What else holds of the row of that table.
        indexed: Whether an index of that table goes by the value.
    """

    kind: type[float | str]
    column: ColumnElement[Any]
    source: FromClause | None = None
    where: Sequence[ColumnElement[bool]] = ()
    indexed: bool = True

    def keys(self, found: Filter, order: RunOrder, place: Place | None) -> Select[tuple[int, Any]]:
        """The keys of the runs that have such a value, with it as ``sort_value``, sorted by it and then by run.

        Rows of runs are wide; only those of the page are worth carrying.

        Args:
            found: The conditions of the list.
            order: Says which direction.
            place: Where to go on among these.
        """
        value: ColumnElement[Any] = self.column
        key: ColumnElement[int] = runs.c.run_key
        statement = select(runs.c.run_key).where(*found.where)
        if self.source is not None and (found.few or not self.indexed):  # looked up run by run, and sorted
            value = self.of_run()
        elif self.source is not None:  # with the key of the same table one index over both serves
            key = self.source.c.run_key
            statement = statement.select_from(self.source.join(runs, runs.c.run_key == key)).where(*self.where)
        statement = statement.add_columns(value.label("sort_value")).where(value.is_not(None))
        if place is not None:
            here, there = tuple_(value, key), tuple_(place.value, place.run_key)
            statement = statement.where(here < there if order.descending else here > there)
        if order.descending:
            return statement.order_by(value.desc(), key.desc())
        return statement.order_by(value, key)

    def of_run(self) -> ColumnElement[Any]:
        """The value, looked up by the key of the run."""
        if self.source is None:
            return self.column
        mine = select(self.column).where(self.source.c.run_key == runs.c.run_key, *self.where)
        return mine.correlate(runs).scalar_subquery()


def values_of(order: RunOrder, now: float) -> list[Values]:
    """What runs are sorted by, in the order in which it comes: numbers before texts, unless it is descending.

    Args:
        order: A checked order.
        now: When the first page was asked for, seconds UTC.
    """
    if order.field == "metric":
        assert order.metric is not None, "checked before"
        about, indexed = is_column(summaries, order.metric), order.stat in INDEXED
        return [Values(float, figure(summaries, order.stat), summaries, about, indexed)]
    if order.field in LABELS:
        table = LABELS[order.field]
        where = [table.c.key == clean(order.key)]
        if order.field != "param":
            return [Values(str, label_start(table.c.value), table, where)]
        kinds = [Values(float, table.c.number, table, where), Values(str, label_start(table.c.text), table, where)]
        return kinds[::-1] if order.descending else kinds
    kind = str if order.field in {"status", "name", "experiment", "target", "submitted_by"} else float
    return [Values(kind, own_value(order.field, now))]


def lacking(found: Filter, values: Sequence[Values], place: Place | None) -> Select[tuple[int, Any]]:
    """The keys of the runs without a value, the newest first.

    Args:
        found: The conditions of the list.
        values: What the list is sorted by.
        place: Where to go on among them.
    """
    source, has_one = values[0].source, or_(*(each.column.is_not(None) for each in values))
    lacks: ColumnElement[bool]
    if source is None:
        lacks = values[0].column.is_(None)
    else:
        lacks = ~exists().where(source.c.run_key == runs.c.run_key, *values[0].where, has_one)
    statement = select(runs.c.run_key, null().label("sort_value")).where(*found.where, lacks)
    statement = statement.order_by(runs.c.run_key.desc())
    return statement if place is None else statement.where(runs.c.run_key < place.run_key)


def whole(found: Filter, values: Sequence[Values], order: RunOrder) -> Select[Any]:
    """All keys of a list in one statement, each followed by its value of every kind.

    They are looked up run by run: to walk an index by value through all runs would read their rows in no order. Runs
    without a value come last; the oldest of them first, unless the order is descending.

    Args:
        found: The conditions of the list.
        values: What the list is sorted by.
        order: Says which direction.
    """
    columns = [each.of_run().label(f"value_{place}") for place, each in enumerate(values)]
    statement = select(runs.c.run_key, *columns).where(*found.where)
    if order.field in ALWAYS_THERE:  # of these an index may serve
        sorted_by = [column.desc() if order.descending else column.asc() for column in columns]
    else:
        sorted_by = [(column.desc() if order.descending else column.asc()).nulls_last() for column in columns]
    return statement.order_by(*sorted_by, runs.c.run_key.desc() if order.descending else runs.c.run_key)


def read_place(order: RunOrder, text: str | None) -> Place | None:
    """The place in a cursor; None for the first page.

    Raises:
        InvalidValueError: The cursor is not one of a list of this order.
    """
    if text is None:
        return None
    found = cursor.from_text(text, _Cursor)
    if found.order != _signature(order):
        raise InvalidValueError(
            "The cursor is one of a list in another order.", hint="Pass the next_cursor with the same order."
        )
    kinds = {each.kind for each in values_of(order, found.now)}
    if found.value is not None and type(found.value) not in kinds:
        raise InvalidValueError("The cursor is not one of this list.", hint="Start with the first page.")
    return Place(found.now, found.value, found.run_key)


def write_place(order: RunOrder, now: float, row: Row[tuple[int, Any]]) -> str:
    """The cursor after a row, which has its sort value as ``sort_value``.

    Args:
        order: The order of the list.
        now: When its first page was asked for, seconds UTC.
        row: The last row of the page.
    """
    value = row.sort_value
    value = float(value) if isinstance(value, int) else value
    return cursor.to_text(_Cursor(_signature(order), now, value, row.run_key))


def _signature(order: RunOrder) -> str:
    metric = [order.metric.metric, order.metric.column, order.stat] if order.field == "metric" and order.metric else []
    return "\0".join([order.field, "desc" if order.descending else "asc", clean(order.key), *map(clean, metric)])
