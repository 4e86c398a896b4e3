"""Starts the watcher from the training process and rings its doorbell: standard library only, hardly any waiting."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runwatch.sdk.watcher.spawn import spawn

if TYPE_CHECKING:
    import socket

BELL_VARIABLE: Final = "RUNWATCH_BELL"
JOURNAL_VARIABLE: Final = "RUNWATCH_JOURNAL"
"""In a submitted script: where its watcher is rung, and the journal folder of its run."""

RING: Final = b"ring\n"
REVIVE_S: Final = 5.0
"""A watcher that died is started again at most so often, so that one that dies at once does not become a loop."""

POLL_S: Final = 0.01
"""How often `Watching.wait` looks: a file test a hundred times a second for a few seconds costs nothing."""


class Watching:
    """The training process's handle on its watcher; thread-safe, and inert in a forked child.

    Attributes:
        folder: The journal folder it was started for.
        failed: Why the watcher could not be started, else empty. Recording goes on in the journal.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failed = ""
        self._folders = [folder]
        self._owner = os.getpid()
        self._doorbell: socket.socket | None = None
        self._started_at = 0.0
        self._is_of_job = False

    def __del__(self) -> None:
        if self._doorbell is not None:
            self._doorbell.close()  # by hand, since a script that shows every warning would see one about this

    @property
    def alive(self) -> bool:
        """Whether the watcher process is there and listens."""
        bell = self._doorbell
        return bell is not None and os.getpid() == self._owner and not _hung_up(bell)

    def ring(self) -> None:
        """Ask the watcher to ship now. Never raises or waits; a watcher that died is started again."""
        if os.getpid() == self._owner and not self._send(RING):
            self._revive()

    def watch(self, folder: Path) -> bool:
        """Hand the watcher one more journal folder of this process.

        Returns:
            Whether a watcher that is alive has been told; if not, and none could be started, ship in this process.
        """
        folder = folder.absolute()
        if os.getpid() != self._owner:
            return False
        if folder not in self._folders:
            self._folders = [known for known in self._folders if not finished(known)] + [folder]
        return self._hand(folder) or self._revive()

    def wait(self, timeout_s: float, folder: Path | None = None) -> bool:
        """Wait until the watcher has finished a run: all is in the store and the journal is gone.

        Args:
            timeout_s: At most so long.
            folder: The journal folder meant; None means the one the watcher was started for.

        Returns:
            True if the run is finished or no watcher is there any more (`finished` tells which), False on time-out.
        """
        folder = self.folder if folder is None else folder.absolute()
        deadline = time.monotonic() + timeout_s
        while not finished(folder) and self.alive:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_S)
        return True

    def _hand(self, folder: Path) -> bool:
        return self._send(b"watch " + os.fsencode(folder) + b"\n")

    def _send(self, line: bytes) -> bool:
        bell = self._doorbell
        if bell is None or line.count(b"\n") != 1 or _hung_up(bell):
            return False
        try:
            # Without MSG_NOSIGNAL a script that has SIGPIPE at its default would be killed by our dead watcher.
            return bell.send(line, _send_flags()) == len(line)
        except BlockingIOError:  # full of rings that the watcher has yet to hear: one more would say nothing new
            return line == RING
        except OSError:
            return False

    def _revive(self) -> bool:
        if time.monotonic() - self._started_at < REVIVE_S:
            return False
        waiting = [folder for folder in self._folders if not finished(folder)]
        if not waiting:
            return False
        self._start(waiting[0])
        return all([self._hand(other) for other in waiting[1:]]) and not self.failed  # noqa: C419 (all are handed)

    def _start(self, folder: Path) -> None:
        self._started_at = time.monotonic()
        if self._doorbell is not None:
            self._doorbell.close()
        if self._is_of_job:  # one of our own would be ended with the script
            self._doorbell = _connect(os.environ[BELL_VARIABLE])
            self.failed = (
                "" if self._hand(folder) else "The watcher of the job is away until its agent starts it again."
            )
            return
        try:
            self._doorbell, self.failed = spawn(folder), ""
        except (OSError, ValueError) as error:  # fork limit, no memory, no shell and no interpreter
            self._doorbell, self.failed = None, f"The watcher could not be started: {error}"


def start(folder: Path) -> Watching:
    """Start a watcher for a journal folder, detached from this process; returns within milliseconds and never raises.

    If another watcher serves the folder already, the new one leaves it alone.

    Args:
        folder: The journal folder with its manifest.
    """
    watching = Watching(folder.absolute())
    watching._start(watching.folder)
    return watching


def of_job() -> Watching | None:
    """The watcher of the job that this process belongs to, which looks after its other runs too; None if there is none.

    A watcher that the script started itself would be ended with the script.
    """
    path, folder = os.environ.get(BELL_VARIABLE), os.environ.get(JOURNAL_VARIABLE)
    if not path or not folder:
        return None
    line = _connect(path)
    if line is None:
        return None
    watching = Watching(Path(folder))
    watching._doorbell, watching._is_of_job = line, True
    return watching


def finished(folder: Path) -> bool:
    """Whether nothing of this journal folder waits for a watcher: shipped and removed, or parked."""
    return not (folder / "run.json").exists() or (folder / "parked").exists()


def _connect(path: str) -> socket.socket | None:
    import socket

    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(path)
    except OSError:  # it has died; the agent starts another one
        line.close()
        return None
    line.setblocking(False)
    return line


def _send_flags() -> int:
    import socket

    return getattr(socket, "MSG_NOSIGNAL", 0)


def _hung_up(bell: socket.socket) -> bool:
    import select

    poller = select.poll()
    try:
        poller.register(bell.fileno(), 0)
        return bool(poller.poll(0))
    except (OSError, ValueError):
        return True
