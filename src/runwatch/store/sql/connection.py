"""How a connection to the SQLite file is opened and set up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from runwatch.schema.error import WorkspaceException

OLDEST_SQLITE: Final = (3, 35, 0)
"""The first with ``RETURNING``."""

BUSY_SLICE_S: Final = 2.0
"""SQLite waits so long inside one call, during which Ctrl-C is not heard; the rest of the wait is done in Python."""

CACHE_KIB: Final = 8_192
"""Pages a connection keeps in memory: the inner pages of the indexes of 100,000 runs fit."""

WAL_BYTES: Final = 64 << 20
"""The write-ahead log is cut back to this size after a long reader had let it grow."""

WAL_PAGES: Final = 8_192
"""Pages in the write-ahead log that are carried over into the database together: what many runs change are mostly the
same pages, which SQLite's usual 1,000 would have written back some thirty times a second."""

POOL_KEPT: Final = 4
POOL_EXTRA: Final = 12
POOL_WAIT_S: Final = 60.0
"""Connections kept open, opened at need, and how long a thread waits for one: a bound on open files."""


def connect(file: Path, *, read_only: bool = False, immutable: bool = False) -> sqlite3.Connection:
    """A connection that leaves transactions to its caller.

    Args:
        file: The database, which must be there: an absolute path.
        read_only: Open without the right to write.
        immutable: Promise that nobody writes: no locks and no shared memory, for folders that cannot be written to.
    """
    require_sqlite()
    query = "mode=ro&immutable=1" if immutable else "mode=ro" if read_only else "mode=rw"
    connection = sqlite3.connect(
        f"{file.as_uri()}?{query}",
        uri=True,
        timeout=BUSY_SLICE_S,
        isolation_level=None,  # the driver starts no transactions of its own
        check_same_thread=False,  # the pool hands a connection to one thread at a time
        cached_statements=256,
    )
    try:
        _set_up(connection, read_only=read_only or immutable)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, *, read_only: bool) -> None:
    # No Python code of our own: Ctrl-C would come up inside it, where SQLite makes another error of it.
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    # No memory map: a disk error in mapped pages would end the process with SIGBUS instead of raising an error.
    connection.execute("PRAGMA mmap_size=0")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA foreign_keys=ON")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute("PRAGMA synchronous=FULL")  # a receipt means durable: NORMAL loses commits in a power cut
        connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
        connection.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")


def make_engine(file: Path, *, read_only: bool = False, immutable: bool = False) -> Engine:
    """A pool of connections to one file."""

    def opened() -> Any:
        return connect(file, read_only=read_only, immutable=immutable)

    return create_engine(
        "sqlite://",
        creator=opened,
        poolclass=QueuePool,
        pool_size=POOL_KEPT,
        max_overflow=POOL_EXTRA,
        pool_timeout=POOL_WAIT_S,
        pool_use_lifo=True,
        pool_reset_on_return="rollback",
    )


def require_sqlite() -> None:
    """Refuse a SQLite that is too old.

    Raises:
        WorkspaceException: It is.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise WorkspaceException(
            f"This Python was built with SQLite {sqlite3.sqlite_version}; Runwatch needs 3.35 or newer.",
            hint="Use a newer Python.",
        )
