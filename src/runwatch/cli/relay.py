"""What a command prints, shown where our own output goes and kept as it comes; terminals stay terminals."""

from __future__ import annotations

import fcntl
import os
import select
import termios
import threading
import time
from contextlib import suppress
from typing import Final

from runwatch.sdk.console import ConsoleFile

PART_BYTES: Final = 1 << 16

HOLD_S: Final = 0.1
"""The beginning of a line is kept once its rest has not come for so long: programs write lines in pieces, and pieces of
standard output and standard error must not be mixed."""

QUIET_S: Final = 0.3
"""After the end of the command its last words have come when nothing has come for so long; what it left behind may
hold its streams open for ever."""

LAST_WORDS_S: Final = 5.0

_SIZE_BYTES: Final = 8
"""Rows, columns, and both in pixels."""


class Relay:
    """A stream of a command, read in a thread of its own from `start` on.

    The command is given a pseudo-terminal where ours is a terminal, so that its progress bars stay, and a pipe else.

    Args:
        shown: The descriptor where it is shown.
        console: Where it is kept.

    Attributes:
        theirs: The end for the command; closed by `start`.
        is_terminal: Whether it is a pseudo-terminal.
    """

    def __init__(self, shown: int, console: ConsoleFile) -> None:
        self.is_terminal = os.isatty(shown)
        self._ours, self.theirs = _open_terminal() if self.is_terminal else os.pipe()
        self._shown: int | None = shown
        self._console = console
        self._held = b""
        self._moved_at = time.monotonic()
        self._thread = threading.Thread(target=self._copy, name=f"relay-{shown}", daemon=True)
        self.resize()

    def start(self) -> None:
        """Begin to copy; the command has been started by now."""
        os.close(self.theirs)
        self._thread.start()

    def drop(self) -> None:
        """Close both ends: no command was started."""
        os.close(self.theirs)
        os.close(self._ours)

    def resize(self) -> None:
        """Pass on how large the terminal is."""
        if self.is_terminal and self._shown is not None:
            with suppress(OSError):  # it has just gone
                size = fcntl.ioctl(self._shown, termios.TIOCGWINSZ, bytes(_SIZE_BYTES))
                fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)

    def finish(self) -> None:
        """Wait for the last words of a command that has ended."""
        ended_at = time.monotonic()
        while self._thread.is_alive():
            self._thread.join(QUIET_S / 4)
            now = time.monotonic()
            if now - max(self._moved_at, ended_at) > QUIET_S or now - ended_at > LAST_WORDS_S:
                return

    def _copy(self) -> None:
        while data := self._read():
            self._moved_at = time.monotonic()
            self._keep(data)
            if not self._show(data):
                break
        self._keep_rest()
        os.close(self._ours)

    def _read(self) -> bytes:
        """What has come; nothing at the end."""
        if self._held and not select.select([self._ours], [], [], HOLD_S)[0]:
            self._keep_rest()
        try:
            return os.read(self._ours, PART_BYTES)
        except OSError:  # nobody has the other end of the terminal any more
            return b""

    def _keep(self, data: bytes) -> None:
        """Keep whole lines; a carriage return, as of a progress bar, ends one too."""
        data = self._held + data
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 if len(data) < PART_BYTES else len(data)
        self._held = data[end:]
        if end:
            self._console.append(data[:end])

    def _keep_rest(self) -> None:
        if self._held:
            self._console.append(self._held)
            self._held = b""

    def _show(self, data: bytes) -> bool:
        """Pass on what came; False if the command is to see that its reader has gone, as it would without us."""
        while data and self._shown is not None:
            try:
                data = data[os.write(self._shown, data) :]
            except BlockingIOError:  # whoever shares the descriptor made it so
                select.select([], [self._shown], [])
            except BrokenPipeError:
                return False
            except OSError:  # the terminal was closed; the command has had its SIGHUP, and may go on
                self._shown = None
        return True


def open_relays(console: ConsoleFile) -> tuple[Relay, Relay]:
    """The relays of standard output and standard error; one for both where both go to the same place, in their order.

    Args:
        console: Where both are kept.
    """
    output = Relay(1, console)
    is_one = os.path.sameopenfile(1, 2) or (output.is_terminal and os.isatty(2))
    return output, output if is_one else Relay(2, console)


def _open_terminal() -> tuple[int, int]:
    """A pseudo-terminal that passes bytes on as they are: the real one does what a terminal does to line ends."""
    ours, theirs = os.openpty()
    modes = termios.tcgetattr(theirs)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    return ours, theirs
