"""Writes the runner's two files whole: a reader in another process meets the old one or the new one."""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATE, EXIT, RESERVE = "state.json", "exit.json", "exit.reserve"

RESERVE_BYTES = 4096
"""A block of most file systems: the content of ``exit.json`` for some fifty processes."""

HEAD_BYTES, PROCESS_BYTES = 1024, 64
"""What more of them need."""

RETRY_S = 0.5
RETRY_FOR_S = 600.0
"""How long a full disk is waited for at the end; whoever waits for the job sees a runner that is alive meanwhile."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE})
"""The job folder was deleted: nobody wants to know any more."""


def write_state(folder: str, content: dict[str, Any]) -> bool:
    """Write or replace ``state.json``; False if that failed, which is no reason to end a job."""
    hidden = f"{folder}/.{STATE}.new"
    try:
        _put(hidden, content)
        _name(folder, hidden, STATE)
    except OSError:
        with suppress(OSError):
            os.unlink(hidden)
        return False
    return True


def reserve(folder: str, processes: int) -> None:
    """Take the space of ``exit.json`` while there is some, so that a job which fills the disk cannot take it."""
    size = max(RESERVE_BYTES, HEAD_BYTES + PROCESS_BYTES * processes)
    with suppress(OSError), open(f"{folder}/{RESERVE}", "wb", buffering=0, opener=_private) as file:
        file.write(bytes(size))
        os.fsync(file.fileno())


def write_exit(folder: str, content: dict[str, Any]) -> bool:
    """Write ``exit.json`` in the space that was reserved; on a full disk try until there is room.

    Returns:
        False if the job folder is gone, or took nothing for ten minutes.
    """
    deadline = time.monotonic() + RETRY_FOR_S
    while True:
        try:
            # Over the reserved bytes, which are cut afterwards: at no moment are they anybody else's.
            _put(f"{folder}/{RESERVE}", content)
            _name(folder, f"{folder}/{RESERVE}", EXIT)
        except OSError as error:
            if error.errno in GONE or time.monotonic() >= deadline:
                return False
            if error.errno not in FULL:  # somebody has put something else in its place
                with suppress(OSError):
                    os.unlink(f"{folder}/{RESERVE}")
            time.sleep(RETRY_S)
        else:
            return True


def _put(path: str, content: dict[str, Any]) -> None:
    data = json.dumps(content).encode("ascii")
    descriptor = _private(path, os.O_WRONLY | os.O_CREAT)
    try:
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], done)
        os.ftruncate(descriptor, len(data))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(folder: str, hidden: str, name: str) -> None:
    os.replace(hidden, f"{folder}/{name}")
    with suppress(OSError):  # not every file system syncs folders
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _private(path: str, flags: int) -> int:
    # A link is not followed, and a pipe without a reader is an error instead of a wait.
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
