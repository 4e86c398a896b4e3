"""The database of a workspace: read blocks that see one snapshot, write blocks that are one durable transaction."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import StoreUnavailableError
from runwatch.store.sql import fault, fork, seen, version
from runwatch.store.sql.notice import put_notice
from runwatch.store.sql.opening import Opened, prepare, reopen
from runwatch.store.sql.statement import driver_of

BUSY_S: Final = 60.0
"""How long a block waits for other threads and processes before it gives up with `StoreUnavailableError`."""


class Writing:
    """One write transaction.

    Attributes:
        connection: Where to execute statements.
        at: When the transaction began, seconds UTC: the same "now" for all its rows.
    """

    __slots__ = ("at", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.at = time.time()

    def notice(self, kind: ChangeKind, subject: str, experiment_id: str = "") -> int:
        """Take the workspace's next sequence number and tell the readers of the changes shelf.

        Args:
            kind: What changed.
            subject: The run id, experiment id or target name.
            experiment_id: The experiment, for runs.

        Returns:
            The sequence number.
        """
        return put_notice(self.connection, kind, subject, experiment_id, self.at)


class Database:
    """One SQLite file; safe to share between threads, and usable in a forked child.

    Args:
        file: The database file. Its folder is made if need be.
        create: Make it if it is not there.

    Raises:
        WorkspaceNotFoundError: It is not there, and ``create`` is False.
        WorkspaceReadOnlyError: It is not there and the folder cannot be written to, or an upgrade is needed there.
        WorkspaceVersionError: A newer Runwatch made it.
        WorkspaceException: It would lie on a network file system.
        CorruptDataError: The file is damaged or no database.
    """

    def __init__(self, file: Path, *, create: bool = True) -> None:
        self.file = file.absolute()
        self._writer = threading.Lock()
        self._writing = threading.local()
        self._reading = threading.local()
        self._state = threading.Lock()
        self._closed = False
        self._unsafe = False
        self.users = fork.Users()
        self._opened: Opened | None = None
        with self._translated(), fault.disk_errors(self.file):
            self._opened = prepare(self.file, create=create)
        fork.follow(self)

    @property
    def read_only(self) -> bool:
        """Whether the folder cannot be written to."""
        opened = self._opened
        return opened.read_only if opened else not os.access(self.file, os.W_OK)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A block whose statements all see the database as it was at its start, whoever writes meanwhile.

        Within another one of the same thread it is a part of that one, and sees what that one sees.
        """
        outer: Connection | None = getattr(self._reading, "connection", None)
        if outer is not None:
            yield outer
            return
        with self.users.one(), self._translated(), self._current().engine.connect() as connection:
            self._begin(connection, "BEGIN")
            self._reading.connection = connection
            try:
                with seen.during(connection):
                    yield connection
            finally:
                self._reading.connection = None

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """A block that is one transaction: durable when it is left, undone if it raises.

        Blocks of all threads and processes come one after the other. A write block inside another one of the same
        thread is a mistake of the program (`RuntimeError`).
        """
        with self.turn(), self.write_in_turn() as writing:
            yield writing

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn to write; several transactions may follow one another in it."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("a write block was opened inside another one")
        with self.users.one(), self._turn():
            yield

    @contextmanager
    def write_in_turn(self) -> Iterator[Writing]:
        """A block like that of `write`, for a thread that has its turn."""
        with self._translated():
            opened = self._current()
            if opened.read_only:
                raise fault.read_only(self.file)
            with opened.engine.connect() as connection:
                connection.begin()  # for SQLAlchemy, which then knows that there is something to commit
                self._begin(connection, "BEGIN IMMEDIATE")
                yield Writing(connection)
                connection.commit()

    @contextmanager
    def outside(self) -> Iterator[sqlite3.Connection]:
        """The driver's connection without a transaction, for PRAGMA and VACUUM, in the writer's turn."""
        with self.users.one(), self._turn(), self._translated():
            opened = self._current()
            if opened.read_only:
                raise fault.read_only(self.file)
            with opened.engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                yield raw

    def close(self) -> None:
        """Close all connections; later blocks raise `StoreUnavailableError`."""
        self._closed = True
        self.release()

    def release(self) -> None:
        """Close idle connections; the next block opens new ones."""
        with self._state:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.engine.dispose()

    def forget(self, *, safe: bool) -> None:
        """In a forked child: start afresh, without touching the parent's connections.

        Args:
            safe: The parent had no connection open; otherwise this child must not open the file (see `fork`).
        """
        self._unsafe = not safe
        self._writer = threading.Lock()
        self._writing = threading.local()
        self._reading = threading.local()
        self._state = threading.Lock()
        if self._opened is not None:
            fork.keep(self._opened)
            self._opened = None

    def _current(self) -> Opened:
        """The open pool; a new one if the file was replaced or became writable since."""
        if self._closed:
            raise fault.closed(self.file)
        if self._unsafe:
            raise StoreUnavailableError(
                f"This process was forked while its parent was using the workspace {self.file.parent}.",
                hint="Start processes outside of such blocks, or with the start method 'spawn'.",
            )
        with self._state:
            opened = self._opened
            if opened is None or not opened.is_current():
                self._opened = None
                if opened is not None:
                    opened.engine.dispose()
                self._opened = opened = reopen(self.file)
            return opened

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writer.acquire(timeout=BUSY_S):
            raise StoreUnavailableError(
                f"Another thread has been writing to the workspace {self.file.parent} for a minute.", hint="Try again."
            )
        self._writing.now = True
        try:
            yield
        finally:
            self._writing.now = False
            self._writer.release()

    def _begin(self, connection: Connection, how: str) -> None:
        """Start a transaction, take its snapshot, and refuse tables that were upgraded by another process meanwhile."""
        raw, deadline = driver_of(connection), time.monotonic() + BUSY_S
        while True:
            try:
                raw.execute(how)
                row = raw.execute(version.VERSION_SQL).fetchone()
                break
            except sqlite3.Error as error:
                if not fault.is_busy(error) or time.monotonic() > deadline:
                    raise
                raw.rollback()
        found = None if row is None else row[0]
        if found != version.HEAD:
            raise version.made_by_newer(self.file, str(found))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            known = fault.translate(error, self.file)
            if known is None:
                raise
            raise known from error
        except PoolTimeoutError as error:
            raise StoreUnavailableError(
                f"Too many threads read the workspace {self.file.parent} at once.", hint="Try again."
            ) from error
