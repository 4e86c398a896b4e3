"""What was looked up in a read transaction, in which it cannot change: many charts ask for the same metrics."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

_KEY: Final = "runwatch_seen"


def begin(connection: Connection) -> None:
    """Begin to keep what is looked up."""
    connection.info[_KEY] = {}


def end(connection: Connection) -> None:
    """Forget it: the next transaction may see something else."""
    connection.info.pop(_KEY, None)


def of(connection: Connection) -> dict[Any, Any]:
    """What was kept so far; a new dictionary each time where nothing is kept, as in write transactions."""
    found: dict[Any, Any] | None = connection.info.get(_KEY)
    return {} if found is None else found
