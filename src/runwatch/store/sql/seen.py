"""What was looked up in read transactions that see the same last change: many charts ask for the same metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, select

from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.change import sequence

MOST: Final = 1_000
"""Things that a connection takes along from one transaction to the next; beyond, it begins anew."""

_NOW: Final = "runwatch_seen_now"
_BEFORE: Final = "runwatch_seen_before"
_LAST_CHANGE: Final = Statement(select(sequence.c.value), ())


class _Seen(Struct):
    """What a connection has looked up since a change.

    Attributes:
        number: Of the last change that the transaction sees; None until it is asked for.
        found: What was looked up.
    """

    number: int | None
    found: dict[Any, Any]


@contextmanager
def during(connection: Connection) -> Iterator[None]:
    """Keep what is looked up in this block; later blocks of the connection know it until something has changed.

    The dictionary is asked for once: SQLAlchemy refuses to give it for a connection that Ctrl-C broke in a statement,
    and the refusal would take the place of the Ctrl-C.
    """
    kept = connection.info
    now = kept[_NOW] = _Seen(None, {})
    try:
        yield
    finally:
        kept.pop(_NOW, None)
        if now.number is not None:
            kept[_BEFORE] = now


def of(connection: Connection) -> dict[Any, Any]:
    """What was looked up so far; a new dictionary each time where nothing is kept, as in write transactions.

    What is kept may change with a notice alone, and whoever finds it leaves it as it is.
    """
    now: _Seen | None = connection.info.get(_NOW)
    if now is None:
        return {}
    if now.number is None:
        ((now.number,),) = _LAST_CHANGE.all(connection)
        before: _Seen | None = connection.info.get(_BEFORE)
        if before is not None and before.number == now.number and len(before.found) < MOST:
            now.found = before.found
    return now.found
