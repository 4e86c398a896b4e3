"""From the location of a workspace - a folder or a URL - to its store."""

from __future__ import annotations

from pathlib import Path

from runwatch.schema.error import InvalidValueError
from runwatch.store.protocol import Store

MEMORY = "memory:"


def open_store(location: str, *, create: bool = True) -> Store:
    """Open the store at a location.

    A workspace folder holds ``runwatch.db`` (runs, metrics, names of files; with ``-wal`` and ``-shm`` while it is
    open), ``blobs/`` (contents of files), ``journal/`` (what running processes have logged) and ``workspace.lock``.

    Args:
        location: A folder, the ``http(s)://`` address of a server, or ``memory:`` for a store that lasts as long as the
            process.
        create: Make a workspace if there is none.

    Raises:
        InvalidValueError: The location is empty.
        WorkspaceNotFoundError: There is none, and ``create`` is False.
        WorkspaceException: It cannot be used; the subclass and the hint say why.
    """
    if not location or "\0" in location:
        raise InvalidValueError(f"{location!r} is no place for a workspace.", hint="Give the path of a folder.")
    if location == MEMORY:
        from runwatch.store.memory.store import MemoryStore  # each backend is loaded by those who use it

        return MemoryStore()
    if location.lower().startswith(("http://", "https://")):
        from runwatch.store.remote.store import RemoteStore

        return RemoteStore(location)
    from runwatch.store.sql.store import SqlStore  # loads SQLAlchemy

    return SqlStore(Path(location).expanduser(), create=create)
