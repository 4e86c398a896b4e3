"""One build of an environment at a time: a file lock that lasts as long as anything of the build is alive."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from runwatch.compute.environment.step import BuildCanceledError

_LOOK_S: Final = 0.1


@contextmanager
def held(path: Path, cancel: Event, on_wait: Callable[[], None]) -> Iterator[int]:
    """Hold a lock; gives its descriptor.

    The descriptor is handed to the programs that build. If the builder is killed and they go on, the lock stays taken
    until the last of them has ended, so that nobody else clears the folder under them.

    Args:
        path: The lock's file; made if it is not there.
        cancel: Stop waiting.
        on_wait: Called once if somebody else holds it.

    Raises:
        BuildCanceledError: If `cancel` was set while it waited.
    """
    descriptor = take(path)
    if descriptor is None:
        on_wait()
    while descriptor is None:
        if cancel.wait(_LOOK_S):
            raise BuildCanceledError("The environment was being built by another job when this one was canceled.")
        descriptor = take(path)
    try:
        yield descriptor
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # also for a daemon that a build may have left with the descriptor
        os.close(descriptor)


def take(path: Path) -> int | None:
    """The descriptor of the lock if it was free, else None; closing it gives it back."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # whoever held it has removed the file: lock the new one


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
