"""What is known of the training process from outside: whether it has ended, how, and whether its children write on."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Final

from runwatch.journal.format import HEADER_BYTES, Header, parse_segment_name, unpack_header
from runwatch.journal.manifest import Manifest
from runwatch.journal.place import journal_folders
from runwatch.sdk.watcher import cgroup
from runwatch.sdk.watcher.ending import Death
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.token import is_of_earlier_boot, is_running

LINGER_S: Final = 10.0
"""After the end of the main process its children may write on for at most so long."""

QUIET_S: Final = 1.0
"""Children that have written nothing for so long are taken to be done."""


class Witness:
    """Follows the training process of one run.

    Args:
        manifest: The run's manifest, which names the process.
        life: The process.
    """

    def __init__(self, manifest: Manifest, life: Life) -> None:
        self.life = life
        self._manifest = manifest
        self._was_alive = not life.ended()
        self._oom_before = cgroup.oom_kills(life.pid) if self._was_alive else {}
        self._ended_at = 0.0
        self._ended_ago: float | None = None
        self._heard = time.monotonic()

    def ended(self) -> bool:
        """Whether the process has ended."""
        if self._ended_ago is None and self.life.ended():
            self._ended_ago = time.monotonic()
            self._ended_at = time.time()
        return self._ended_ago is not None

    def heard(self) -> None:
        """Note that records have come."""
        self._heard = time.monotonic()

    def is_settled(self, folder: Path) -> bool:
        """Whether, the process having ended, its exit status is known or never will be, and no child writes on."""
        if self._ended_ago is None or self.life.status_is_pending():
            return False
        now = time.monotonic()
        quiet = now - max(self._heard, self._ended_ago) >= QUIET_S or now - self._ended_ago >= LINGER_S
        return quiet or not other_writers(folder, self.life.pid)

    def death(self, folder: Path) -> Death | None:
        """What is known of the end of the process; None while it lives."""
        if not self.ended():
            return None
        evidence = cgroup.oom_evidence(self._oom_before, cgroup.recount(self._oom_before))
        lost = "" if self._was_alive else self._why_lost()
        at = self._ended_at if self._was_alive else last_written_at(folder)
        status = self.life.wait_status()
        return Death(pid=self.life.pid, wait_status=status, out_of_memory=evidence, lost=lost, at=at)

    def _why_lost(self) -> str:
        manifest = self._manifest
        if manifest.host and manifest.host != socket.gethostname():
            return f"process {manifest.pid} ran on {manifest.host} and its journal was left behind"
        if is_of_earlier_boot(manifest.process_started):
            return f"the machine was restarted while process {manifest.pid} was running"
        return f"process {manifest.pid} was gone when its journal was found, and nobody saw how it ended"


def other_writers(folder: Path, pid: int) -> set[int]:
    """Processes other than this one and the given one that have written to the journal and are still there."""
    pids = {header.pid for segment in _segments(folder) if (header := _header(segment)) is not None}
    return {other for other in pids - {pid, os.getpid()} if is_running(other)}


def last_written_at(folder: Path) -> float:
    """When the journal was last written to, as the file system tells; now, if there is none."""
    times = []
    for segment in _segments(folder):
        try:
            times.append(segment.stat().st_mtime)
        except OSError:
            continue
    return max(times, default=time.time())


def _segments(folder: Path) -> list[Path]:
    return [
        entry
        for place in journal_folders(folder)
        if place.is_dir()
        for entry in place.iterdir()
        if parse_segment_name(entry.name)
    ]


def _header(segment: Path) -> Header | None:
    try:
        with segment.open("rb") as file:
            return unpack_header(file.read(HEADER_BYTES))
    except OSError:
        return None
