"""Opening a workspace's database file: finding it, making it, upgrading it, and choosing how it is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from runwatch.schema.error import WorkspaceException, WorkspaceReadOnlyError
from runwatch.store.sql import fault, version
from runwatch.store.sql.birth import adopt, create_file
from runwatch.store.sql.connection import connect, make_engine
from runwatch.store.sql.filesystem import refuse_network
from runwatch.store.sql.lock import file_lock

LOCK_NAME: Final = "workspace.lock"


@dataclass(frozen=True)
class Opened:
    """A pool of connections, and what must stay true for it to be of use.

    Attributes:
        engine: The pool.
        file: The database file.
        read_only: The folder cannot be written to.
        look: What `_look` saw when it was opened.
    """

    engine: Engine
    file: Path
    read_only: bool
    look: tuple[object, ...]

    def is_current(self) -> bool:
        """Whether the file is still the one that was opened, and can still be read in the same way."""
        return self.look == _look(self.file, self.read_only)


def prepare(file: Path, *, create: bool) -> Opened:
    """Open a database for the first time in this process: make or upgrade it if need be.

    Args:
        file: The database file.
        create: Make it if it is not there.
    """
    refuse_network(file.parent)
    if not _is_there(file):
        if not create:
            raise fault.missing(file)
        _make_folder(file)
        with file_lock(file.parent / LOCK_NAME):
            if not _is_there(file):  # another process may have made it while this one waited
                create_file(file)
    _bring_up_to_date(file)
    return reopen(file)


def reopen(file: Path) -> Opened:
    """Open a database that this process has prepared before.

    Args:
        file: The database file.
    """
    if not _is_there(file):
        raise fault.missing(file)
    read_only = not _is_writable(file)
    look = _look(file, read_only)
    engine = make_engine(file, read_only=read_only, immutable=read_only and not _has_log(file))
    return Opened(engine, file, read_only, look)


def _bring_up_to_date(file: Path) -> None:
    found = _version(file)
    if found != version.HEAD:
        if version.is_newer(found):
            raise version.made_by_newer(file, found)
        if not _is_writable(file):
            raise WorkspaceReadOnlyError(
                f"The workspace {file.parent} has data of version {found} and cannot be upgraded to {version.HEAD}.",
                hint="Open it once from where its folder can be written to, or copy the folder.",
            )
        with file_lock(file.parent / LOCK_NAME):
            if _version(file) != version.HEAD:
                from runwatch.store.sql.migration.upgrade import upgrade  # Alembic is slow to import and seldom needed

                upgrade(file, found)
    if _is_writable(file):
        adopt(file)


def _version(file: Path) -> str:
    read_only = not _is_writable(file)
    connection = connect(file, read_only=read_only, immutable=read_only and not _has_log(file))
    try:
        found = version.stored_version(connection)
    finally:
        connection.close()
    if found is None:
        raise WorkspaceException(
            f"{file} is a SQLite database, but not one of Runwatch.", hint="Choose another folder for the workspace."
        )
    return found


def _is_there(file: Path) -> bool:
    """Whether there is a database; an empty file is none."""
    try:
        return file.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_writable(file: Path) -> bool:
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _has_log(file: Path) -> bool:
    """Whether the write-ahead log has content, which a reader needs locks and shared memory to see."""
    try:
        return Path(f"{file}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _look(file: Path, read_only: bool) -> tuple[object, ...]:
    """What tells whether connections to a file are still good.

    A file that can be written to is watched for being moved, deleted or replaced. One that cannot is read without
    locks (SQLite calls it immutable), so that any change by somebody else is watched for too.
    """
    try:
        status = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    identity = (status.st_dev, status.st_ino)
    if not read_only:
        return identity
    return (*identity, status.st_mtime_ns, status.st_size, _has_log(file), _is_writable(file))


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise fault.read_only(file) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise WorkspaceException(f"{file.parent} is not a folder.", hint="Choose another path.") from error
    if not os.access(file.parent, os.W_OK):
        raise fault.read_only(file)
