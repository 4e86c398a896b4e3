"""The server's own database: one SQLite file beside the workspace's, readable by its owner alone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from runwatch.schema.error import StoreUnavailableError
from runwatch.server.state import private, version
from runwatch.store.sql import fault
from runwatch.store.sql.connection import connect, make_engine
from runwatch.store.sql.filesystem import refuse_network
from runwatch.store.sql.lock import file_lock

NAME: Final = "server.db"
"""The file's name in the workspace's folder."""

WRITER_S: Final = 30.0
"""How long a write waits for those of other threads."""


class State:
    """The server's database; safe in any thread.

    Args:
        folder: The workspace's folder, which must be there; None keeps everything in memory, for as long as the object
            lives.

    Raises:
        WorkspaceException: The file is a link, somebody else's, readable by others, or lies on a network file system.
        WorkspaceVersionError: A newer Runwatch made it.
        CorruptDataError: It is damaged.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.file = Path(":memory:") if folder is None else folder.absolute() / NAME
        self._writer = threading.Lock()
        self._alone = folder is None  # one connection for all threads
        self._opened = None if folder is None else self._open()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A block whose statements see one state of the database."""
        if self._alone:
            with self.write() as connection:
                yield connection
            return
        with self._translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A block that is one transaction: durable when it is left, undone if it raises."""
        if not self._writer.acquire(timeout=WRITER_S):
            raise StoreUnavailableError("The server's database has been busy for too long.", hint="Try again.")
        try:
            with self._translated(), self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
        finally:
            self._writer.release()

    def close(self) -> None:
        """Close all connections."""
        if self._opened is not None:
            self._opened.dispose()

    @property
    def _engine(self) -> Engine:
        if self._opened is None:  # in memory: made by whoever is first, who holds the writer's lock
            self._opened = _in_memory()
            with self._opened.connect() as connection:
                version.prepare(connection, self.file)
        return self._opened

    def _open(self) -> Engine:
        file = self.file
        refuse_network(file.parent)
        with fault.disk_errors(file), self._translated(), file_lock(file.parent / "workspace.lock"):
            if not private.create(file, b""):
                private.check(file)
            raw = connect(file)
            raw.execute("PRAGMA journal_mode=WAL")  # its files take their rights from the database's
            engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
            try:
                with engine.connect() as connection:
                    version.prepare(connection, file)
            finally:
                engine.dispose()
                raw.close()
        return make_engine(file)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            known = fault.translate(error, self.file)
            if known is None:
                raise
            raise known from error


def _in_memory() -> Engine:
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    raw.execute("PRAGMA foreign_keys=ON")
    return create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
