"""Sorted pages of lists in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from runwatch.schema.error import InvalidValueError
from runwatch.store.cursor import check_limit, from_text, to_text

Row = TypeVar("Row")
Value: TypeAlias = str | int | float | None
Place: TypeAlias = Sequence[Value]
"""What a row is sorted by: values that a cursor can carry, each row's different from all others'."""


def page(
    rows: Iterable[Row],
    place: Callable[[Row], Place],
    cursor: str | None,
    limit: int,
    *,
    order: str,
    sort_key: Callable[[Place], Any] = tuple,
) -> tuple[tuple[Row, ...], str | None]:
    """A page of rows, sorted, and the cursor of the next one.

    A cursor says where the last row of a page stood, so that rows that come or go between two pages shift nothing.

    Args:
        rows: All rows.
        place: Where a row stands.
        cursor: The previous page's.
        limit: How many rows at most.
        order: What the list is sorted by; a cursor serves no other list.
        sort_key: Makes places comparable.

    Raises:
        InvalidValueError: For a limit below 1, or a cursor of another list.
        LimitError: For a limit above `runwatch.schema.limit.PAGE_ROWS`.
    """
    check_limit(limit)
    found = sorted(rows, key=lambda row: sort_key(place(row)))
    if cursor is not None:
        found = _after(found, place, cursor, order, sort_key)
    shown = tuple(found[:limit])
    return shown, to_text((order, tuple(place(shown[-1])))) if len(found) > limit else None


def _after(
    rows: list[Row], place: Callable[[Row], Place], cursor: str, order: str, sort_key: Callable[[Place], Any]
) -> list[Row]:
    of_order, last = from_text(cursor, tuple[str, tuple[Value, ...]])
    try:
        if of_order == order:
            return [row for row in rows if sort_key(place(row)) > sort_key(last)]
    except (TypeError, ValueError) as error:  # values that cannot be compared with those of this list
        raise InvalidValueError("The cursor is not one of this list.", hint="Begin with the first page.") from error
    raise InvalidValueError("The cursor is one of a list in another order.", hint="Begin with the first page.")
