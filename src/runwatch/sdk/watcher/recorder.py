"""Records samples of the machine into the run's own journal, so that they are as safe as the run's points."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runwatch.journal.writer import JournalWriter

if TYPE_CHECKING:
    from runwatch.sdk.watcher.system import System

INTERVAL_S: Final = 5.0
"""A sample takes about 3 ms: at this interval well under a thousandth of a core."""

INTERVAL_VARIABLE: Final = "RUNWATCH_SYSTEM_INTERVAL_S"
"""Environment variable with another interval in seconds; 0 turns the samples off."""

PREFIX: Final = "system/"


class SystemRecorder:
    """Samples at an interval and writes with a journal writer of its own; nothing is opened before the first sample.

    Args:
        folder: The journal folder.
        run_id: The run.
        pid: The top of the run's tree of processes.
    """

    def __init__(self, folder: Path, run_id: str, pid: int) -> None:
        self._folder = folder
        self._run_id = run_id
        self._pid = pid
        self._interval_s = interval_s()
        self._due_at = 0.0
        self._open: tuple[System, JournalWriter] | None = None

    def step(self) -> None:
        """Sample if it is time."""
        now = time.monotonic()
        if not self._interval_s or now < self._due_at:
            return
        self._due_at = now + self._interval_s
        if self._open is None:
            from runwatch.sdk.watcher.system import System  # loads psutil: after the first points are shipped

            # Plain writes: a map could end the watcher on a full disk, and there are few samples.
            self._open = System(self._pid), JournalWriter(self._folder, self._run_id, mode="write")
        system, writer = self._open
        for name, value in system.sample().items():
            writer.point(PREFIX + name, value)

    def close(self) -> None:
        """End the writer; the figures of the last moments of a run that has ended would be of something else."""
        if self._open is not None:
            system, writer = self._open
            self._open = None
            writer.close()
            system.close()
        self._interval_s = 0.0


def interval_s() -> float:
    """The interval that is asked for; what is not a number counts as not set."""
    try:
        return max(0.0, float(os.environ.get(INTERVAL_VARIABLE, "")))
    except ValueError:
        return INTERVAL_S
