"""The order of a list of runs, and the place where a page of it ended."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from sqlalchemy import Column, ColumnElement, Row, Select, tuple_

from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import RunOrder
from runwatch.store import cursor
from runwatch.store.sql.table.run import runs

FIELDS: Final[dict[str, Column[Any]]] = {
    name: runs.c[name] for name in ("created_at", "started_at", "ended_at", "number", "status", "name")
}
_TEXTS: Final = {"status", "name"}


class Place(Struct, frozen=True):
    """Where the previous page ended.

    Attributes:
        value: The last row's sort value, None if it had none.
        run_key: The last row.
    """

    value: float | str | None
    run_key: int


class _Cursor(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    order: str
    value: str | None  # a text for numbers too, since JSON has no infinity
    run_key: Annotated[int, Meta(ge=0, le=2**62)]


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
    if found.value is None or order.field in _TEXTS:
        return Place(found.value, found.run_key)
    try:
        return Place(float(found.value), found.run_key)
    except ValueError as error:
        raise InvalidValueError("The cursor is not one of this list.", hint="Start with the first page.") from error


def write_place(order: RunOrder, row: Row[*tuple[Any, ...]]) -> str:
    """The cursor after a row, which has its sort value as ``sort_value``."""
    value = None if row.sort_value is None else str(row.sort_value)
    return cursor.to_text(_Cursor(_signature(order), value, row.run_key))


def _signature(order: RunOrder) -> str:
    metric = [order.metric.metric, order.metric.column, order.stat] if order.field == "metric" and order.metric else []
    return "\0".join([order.field, "desc" if order.descending else "asc", *metric])


def by_value(
    statement: Select[Any], order: RunOrder, column: ColumnElement[Any], key: ColumnElement[int], place: Place | None
) -> Select[Any]:
    """The rows that have a value, by it and then by run, from a place on.

    Args:
        statement: The rows; the sort value is added as ``sort_value``.
        order: Says which direction.
        column: What to sort by.
        key: The run's key in the same table, so that one index over both serves.
        place: Where the previous page ended.
    """
    statement = statement.add_columns(column.label("sort_value")).where(column.is_not(None))
    if place is not None:
        here, there = tuple_(column, key), tuple_(place.value, place.run_key)
        statement = statement.where(here < there if order.descending else here > there)
    if order.descending:
        return statement.order_by(column.desc(), key.desc())
    return statement.order_by(column, key)
