"""A lock between processes, held while a workspace is made or upgraded."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runwatch.schema.error import StoreUnavailableError

LOCK_WAIT_S: Final = 300.0
"""Upgrading a large workspace takes minutes at most."""

_POLL_S: Final = 0.02


@contextmanager
def file_lock(path: Path, wait_s: float = LOCK_WAIT_S, doing: str = "preparing the workspace") -> Iterator[None]:
    """Hold a file's lock; the kernel frees it when the process ends, however it ends.

    Args:
        path: The lock file; made if it is not there, and left there.
        wait_s: How long to wait for another holder, seconds.
        doing: What holders do with the folder, for the error.

    Raises:
        StoreUnavailableError: Another process kept it for longer.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        deadline = time.monotonic() + wait_s
        while not _try(descriptor):
            if time.monotonic() > deadline:
                raise StoreUnavailableError(
                    f"Another process has been {doing} {path.parent} for too long.",
                    hint="Wait until it is done, or end it.",
                )
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}:
            return False
        raise
    return True
