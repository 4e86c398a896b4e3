"""How long one question may keep the database busy."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from runwatch.schema import limit
from runwatch.schema.error import LimitError
from runwatch.store.sql.fault import code_of

_STEPS: Final = 100_000
"""SQLite's virtual machine takes so many in about a millisecond; the clock is looked at after each of these."""


@contextmanager
def bounded(connection: Connection) -> Iterator[None]:
    """Give up what runs longer than `runwatch.schema.limit.LIST_SECONDS`; the transaction stays usable.

    Args:
        connection: In a read transaction.

    Raises:
        LimitError: It took too long.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    end = time.monotonic() + limit.LIST_SECONDS
    raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if code_of(error) != sqlite3.SQLITE_INTERRUPT:
            raise
        if time.monotonic() <= end:  # Ctrl-C came up in the handler, and SQLite was told no more than to stop
            raise KeyboardInterrupt from error
        raise LimitError(
            f"This list took longer than {limit.LIST_SECONDS} seconds to find.",
            hint="Ask for less at once: fewer comparisons, or one experiment.",
        ) from error
    finally:
        if not connection.invalidated:  # by Ctrl-C, and then it is closed
            raw.set_progress_handler(None, 0)
