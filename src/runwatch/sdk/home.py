"""Where workspaces live: the default folder, folders that stand for Azure workspaces, and the open store of each."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import Final

from runwatch.journal.location import is_folder
from runwatch.store.protocol import Store

WORKSPACE_VARIABLE: Final = "RUNWATCH_WORKSPACE"

_stores: dict[str, Store] = {}
_lock = threading.Lock()


def data_folder() -> Path:
    """Where Runwatch keeps workspaces that were given no folder of their own."""
    from platformdirs import user_data_path

    return user_data_path("runwatch", appauthor=False) / "workspaces"


def default_location() -> str:
    """The workspace of whoever names none."""
    return str(data_folder() / "default")


def named_location(subscription_id: str, resource_group: str, name: str) -> str:
    """The folder that stands for a workspace of the original, which is known by three names and not by a place.

    Letter case does not matter, as in the original. Names never become a path as they are: what is unusual in them is
    left out, and a hash of all three keeps different workspaces apart.
    """
    identity = f"{subscription_id}/{resource_group}/{name}".lower()
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "workspace"
    return str(data_folder() / f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}")


def normal(location: str | os.PathLike[str]) -> str:
    """One spelling for each place: folders absolute, addresses of servers without a slash or a token.

    A pasted link carries a token: it is kept for this user, in a file that nobody else can read, and stands in no
    configuration, manifest or message from then on.

    Raises:
        InvalidValueError: If it is no address of a server.
    """
    text = os.fspath(location)
    if is_folder(text):
        return str(Path(text).expanduser().absolute())
    from runwatch.store.remote import address, credential  # loaded only by those who have a server

    found = address.parse(text)
    if found.token and credential.find(address.parse(found.url)) != found.token:
        credential.keep(found, found.token)
    return found.url


def store(location: str, *, create: bool = True) -> Store:
    """The store of a place, opened once in each process; a forked child goes on with its parent's object.

    Args:
        location: As `normal` spells it.
        create: Make the workspace if it is not there.

    Raises:
        WorkspaceException: If it cannot be opened.
    """
    found = _stores.get(location)
    if found is not None:
        return found
    with _lock:
        if location not in _stores:
            from runwatch.store.location import open_store

            _stores[location] = open_store(location, create=create)
        return _stores[location]


def lend(location: str, opened: Store) -> None:
    """Use this store for a place: for tests, and for programs that opened one themselves."""
    with _lock:
        _stores[location] = opened


def close(location: str) -> None:
    """Close the store of a place, if this process has it open; the next use opens it again."""
    with _lock:
        opened = _stores.pop(location, None)
    if opened is not None:
        opened.close()


def close_all() -> None:
    """Close every store that this process has opened."""
    for location in list(_stores):
        close(location)


def _renew_lock() -> None:
    global _lock
    _lock = threading.Lock()  # the parent may have held it at the fork


os.register_at_fork(after_in_child=_renew_lock)
