"""Follows one process from outside: whether it lives, and what the kernel knows of its end."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import time
from pathlib import Path
from typing import Final

from runwatch.sdk.watcher.spawn import FOLLOWED_VARIABLE
from runwatch.sdk.watcher.token import is_alive, process_token

GET_INFO: Final = (3 << 30) | (64 << 16) | (0xFF << 8) | 11
"""The ``PIDFD_GET_INFO`` request with 64 bytes of buffer; Linux 6.15 and later report any process's exit status."""

INFO_EXIT: Final = 1 << 3
INFO_BYTES: Final = 64
STATUS_OFFSET: Final = 60

FOLDER_OF_LINKS: Final = Path("/proc/self/fd")

STATUS_WAIT_S: Final = 2.0
"""The kernel has the status once the parent has collected its child; a parent that takes longer may never do."""


class Life:
    """A process that is not ours to wait for.

    The process is named by pid *and* token (boot id and start time), so that another process which was given the same
    pid later is never taken for it. Dead and not yet collected by its parent counts as dead.

    Args:
        pid: The process.
        token: See `process_token`.
        descriptor: Of that process, from the process itself; None makes one.

    Attributes:
        descriptor: Becomes readable when the process ends; None where the system has no such thing (then poll `ended`).
    """

    def __init__(self, pid: int, token: str, descriptor: int | None = None) -> None:
        self.pid = pid
        self.token = token
        self.descriptor = descriptor
        if descriptor is None:
            self.descriptor = _open(pid)
            # First the descriptor, then the token: if the token fits now, the descriptor is of that very process.
            if process_token(pid) != token:
                self.close()
        self._asked_at: float | None = None
        self._mute = False

    def ended(self) -> bool:
        """Whether the process has ended."""
        if self.descriptor is None:
            return not is_alive(self.pid, self.token)
        return bool(select.select([self.descriptor], [], [], 0)[0])

    def wait_status(self) -> int | None:
        """How it ended, as its parent learns it; None if the kernel will not say, or not yet (`status_is_pending`)."""
        if self.descriptor is None:
            return None
        buffer = bytearray(INFO_BYTES)
        struct.pack_into("<Q", buffer, 0, INFO_EXIT)
        try:
            fcntl.ioctl(self.descriptor, GET_INFO, buffer)
        except OSError:  # an older kernel: it does not know the request, or forgets the process with its collection
            self._mute = True
            return None
        if not struct.unpack_from("<Q", buffer, 0)[0] & INFO_EXIT:
            return None
        return int(struct.unpack_from("<i", buffer, STATUS_OFFSET)[0])

    def status_is_pending(self) -> bool:
        """Whether to ask again: the kernel knows the status only once the parent has collected the process.

        True for at most `STATUS_WAIT_S` after the first question.
        """
        if self.descriptor is None or self.wait_status() is not None or self._mute:
            return False
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        return now - self._asked_at < STATUS_WAIT_S

    def close(self) -> None:
        """Give the descriptor back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def inherited() -> Life | None:
    """The process that started this one, by the descriptor that it handed down (see `runwatch.sdk.watcher.spawn`)."""
    number, _, rest = os.environ.pop(FOLLOWED_VARIABLE, "").partition(" ")
    pid, _, token = rest.partition(" ")
    try:
        descriptor = int(number)
        kind = (FOLDER_OF_LINKS / number).readlink()
    except (OSError, ValueError):
        return None
    if not str(kind).startswith("anon_inode:[pidfd]") and not str(kind).startswith("pidfd:"):
        return None  # nobody handed anything down: the number stands for something else here
    os.set_inheritable(descriptor, False)
    return Life(int(pid), token, descriptor)


def _open(pid: int) -> int | None:
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        if error.errno in (errno.ESRCH, errno.ENOSYS, errno.EPERM, errno.EINVAL):
            return None
        raise
