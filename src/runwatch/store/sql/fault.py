"""What an error of SQLite means for the caller, told by its code and never by its text."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from runwatch.schema.error import (
    CorruptDataError,
    LimitError,
    RunwatchError,
    StoreUnavailableError,
    WorkspaceNotFoundError,
    WorkspaceReadOnlyError,
)

_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_DISK: Final = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_NOMEM}


def name_of(error: BaseException) -> str:
    """SQLite's name of the error, e.g. ``SQLITE_IOERR_WRITE``; empty if it is not one of SQLite."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlite_errorname", ""))


def code_of(error: BaseException) -> int:
    """SQLite's primary error code; 0 if it is not one of SQLite."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(cause, "sqlite_errorcode", 0)) & 0xFF


def is_busy(error: BaseException) -> bool:
    """Whether another process holds the file just now and the same call may succeed soon."""
    return code_of(error) in _BUSY


def translate(error: DBAPIError | sqlite3.Error, file: Path) -> RunwatchError | None:
    """The error of our tree that a caller can act on, or None where SQLite's own is a mistake of this program.

    Args:
        error: What SQLite or SQLAlchemy raised.
        file: The database file.
    """
    code, name = code_of(error), name_of(error)
    if code in _BUSY:
        return StoreUnavailableError(
            f"The workspace database {file} is in use by another process and did not become free in time.",
            hint="Try again; if it goes on, look for a process that holds the file.",
            cause=name,
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreUnavailableError(
            f"The disk of the workspace {file.parent} is full.", hint="Free some space and try again.", cause=name
        )
    if code in _DISK:
        return StoreUnavailableError(
            f"The workspace database {file} could not be read or written ({name}).",
            hint="Check the disk, its space and the system's log, then try again.",
            cause=name,
        )
    if code in _DAMAGED or _is_not_text(error):
        return damaged(file, name or "a text is not Unicode")
    if code == sqlite3.SQLITE_READONLY:
        return read_only(file)
    if code == sqlite3.SQLITE_CANTOPEN:
        return _cannot_open(file, name)
    if code == sqlite3.SQLITE_TOOBIG:
        return LimitError("A value is too large for the database.", hint="Put it into a file: run.upload_file.")
    return None


@contextmanager
def disk_errors(file: Path) -> Iterator[None]:
    """Turn errors of the operating system inside the block into ours.

    Args:
        file: The database file.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise read_only(file) from error
        raise StoreUnavailableError(
            f"The workspace folder {file.parent} cannot be used: {error.strerror}.",
            hint="Check the disk and its space, then try again.",
            errno=error.errno,
        ) from error


def _is_not_text(error: DBAPIError | sqlite3.Error) -> bool:
    """Whether Python refused a text that SQLite read: of all its operational errors the only one without a code."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.OperationalError) and not code_of(error)


def damaged(file: Path, cause: str) -> CorruptDataError:
    """The database file is not sound."""
    return CorruptDataError(
        f"The workspace database {file} is damaged ({cause}).",
        file=str(file),
        hint="Run 'runwatch doctor', and restore the file from a backup (runwatch.db.bak-… beside it).",
        cause=cause,
    )


def read_only(file: Path) -> WorkspaceReadOnlyError:
    """The database can be read but not written."""
    return WorkspaceReadOnlyError(
        f"The workspace {file.parent} cannot be written to.",
        hint="Check the folder's permissions and mount, or choose another workspace with RUNWATCH_WORKSPACE.",
    )


def missing(file: Path) -> WorkspaceNotFoundError:
    """There is no database file."""
    return WorkspaceNotFoundError(
        f"There is no workspace in {file.parent}.", hint="Check the path, or create a workspace there first."
    )


def closed(file: Path) -> StoreUnavailableError:
    """The store was closed by this program."""
    return StoreUnavailableError(f"The workspace {file.parent} has been closed.", hint="Open it again.")


def _cannot_open(file: Path, name: str) -> RunwatchError:
    if not file.exists():
        return missing(file)
    return StoreUnavailableError(
        f"The workspace database {file} cannot be opened ({name}).",
        hint="Check who may read the folder, and how many files this process has open.",
        cause=name,
    )
