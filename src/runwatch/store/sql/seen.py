"""What was looked up in a read transaction, in which it cannot change: many charts ask for the same metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection

_KEY: Final = "runwatch_seen"


@contextmanager
def during(connection: Connection) -> Iterator[None]:
    """Keep what is looked up in this block, and forget it after: the next transaction may see something else.

    The dictionary is asked for once: SQLAlchemy refuses to give it for a connection that Ctrl-C broke in a statement,
    and the refusal would take the place of the Ctrl-C.
    """
    kept = connection.info
    kept[_KEY] = {}
    try:
        yield
    finally:
        kept.pop(_KEY, None)


def of(connection: Connection) -> dict[Any, Any]:
    """What was kept so far; a new dictionary each time where nothing is kept, as in write transactions."""
    found: dict[Any, Any] | None = connection.info.get(_KEY)
    return {} if found is None else found
