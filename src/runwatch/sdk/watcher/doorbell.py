"""The watcher's side of the line from the training process: rings, and folders handed over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator


class Doorbell:
    """Lines ``ring`` and ``watch <absolute folder>`` from a descriptor, which is the watcher's standard input.

    The end of the line means only that nobody rings any more: forked children of the training process may hold it open
    long after its death, so that it says nothing about the process either way.

    Args:
        descriptor: The descriptor, or None where there is nobody to ring.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor if descriptor is not None and _can_ring(descriptor) else None
        self._rest = b""

    @property
    def is_open(self) -> bool:
        """Whether somebody may still ring."""
        return self._descriptor is not None

    def sources(self) -> list[int]:
        """What to wait for with `select`."""
        return [] if self._descriptor is None else [self._descriptor]

    def hear(self) -> Iterator[tuple[str, str]]:
        """What has come since: word and argument."""
        self._read()
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            word, _, argument = os.fsdecode(line).partition(" ")
            yield word, argument

    def close(self) -> None:
        """Let the training process see that nobody listens any more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _read(self) -> None:
        if self._descriptor is None:
            return
        try:
            data = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return
        except OSError:  # the other end was torn away
            data = b""
        self._rest += data
        if not data:
            self.close()


def _can_ring(descriptor: int) -> bool:
    """A socket or a pipe; a terminal or a file, as when started by hand, rings nothing."""
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    if not (stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)):
        return False
    os.set_blocking(descriptor, False)
    return True
