"""The watcher's side of the line from training processes: rings, and folders handed over."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator


class Doorbell:
    """Lines ``ring`` and ``watch <absolute folder>`` from whoever is connected.

    The watcher of a training process has one line, its standard input; that of a job listens at a socket, where each
    of the job's processes connects. The end of a line means only that nobody rings there any more: forked children may
    hold it open long after the death of the process, so that it says nothing about the process either way.

    Args:
        descriptor: The standard input, or None where there is nobody to ring.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._rests: dict[int, bytes] = {}
        self._listener: socket.socket | None = None
        if descriptor is not None and _can_ring(descriptor):
            self._rests[descriptor] = b""

    def listen_at(self, listener: socket.socket) -> None:
        """Let processes connect at a socket."""
        listener.setblocking(False)
        self._listener = listener

    @property
    def is_open(self) -> bool:
        """Whether somebody may still ring."""
        return bool(self._rests) or self._listener is not None

    def sources(self) -> list[int]:
        """What to wait for with `select`."""
        return [*self._rests, *([] if self._listener is None else [self._listener.fileno()])]

    def hear(self) -> Iterator[tuple[str, str]]:
        """What has come since: word and argument."""
        self._accept()
        for descriptor in list(self._rests):
            *lines, rest = (self._rests[descriptor] + self._read(descriptor)).split(b"\n")
            if descriptor in self._rests:
                self._rests[descriptor] = rest
            for line in lines:
                word, _, argument = os.fsdecode(line).partition(" ")
                yield word, argument

    def close(self) -> None:
        """Let the training processes see that nobody listens any more."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for descriptor in list(self._rests):
            self._hang_up(descriptor)

    def _accept(self) -> None:
        while self._listener is not None:
            try:
                line, _ = self._listener.accept()
            except OSError:  # nobody is there, or gone again
                return
            line.setblocking(False)
            self._rests[line.detach()] = b""

    def _read(self, descriptor: int) -> bytes:
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return b""
        except OSError:  # the other end was torn away
            data = b""
        if not data:
            self._hang_up(descriptor)
        return data

    def _hang_up(self, descriptor: int) -> None:
        del self._rests[descriptor]
        os.close(descriptor)


def listen(path: str) -> socket.socket:
    """A socket at a path, in place of one that a dead watcher left there.

    Raises:
        OSError: If it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if os.path.exists(path):  # noqa: PTH110 (a text is what bind takes)
            os.unlink(path)  # noqa: PTH108
        listener.bind(path)
        listener.listen(64)
    except BaseException:
        listener.close()
        raise
    return listener


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
