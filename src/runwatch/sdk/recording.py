"""A run that this process records: its journal, its watcher, and the list of all such runs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from runwatch.journal.writer import JournalWriter
from runwatch.schema.error import ServiceException
from runwatch.schema.metric import ListCursors
from runwatch.schema.run import RunStatus, RunWarning, UpdateRun
from runwatch.sdk import chart, home, problem, spool
from runwatch.sdk.git import GitInquiry
from runwatch.sdk.stand_in import StandIn
from runwatch.sdk.watcher import launch

END_S: Final = 10.0
"""How long a run's end, or the end of the process, waits for the watcher (law 11); after that it works on alone."""

GIT_S: Final = 1.0
"""How long the end of a run waits for git, which has had the whole run to answer."""

POLL_MIN_S: Final = 0.002
POLL_MAX_S: Final = 0.05


class Watching(Protocol):
    """What a recording needs of its watcher; `runwatch.sdk.watcher.launch.Watching` is one."""

    @property
    def is_ours(self) -> bool:
        """Whether this process made it, rather than the one it was forked from."""
        ...

    def ring(self) -> None:
        """Ask it to ship now."""
        ...

    def watch(self, folder: Path) -> bool:
        """Give it one more journal folder; False if it cannot take it."""
        ...

    def wait(self, timeout_s: float, folder: Path | None = None) -> bool:
        """Wait until it has finished a folder."""
        ...


start_watching: Callable[[Path], Watching] = launch.start
"""Starts the watcher of a journal folder; tests put another one here."""

_watcher: Watching | None = None


class Recording:
    """A run that this process records; safe to use from threads and in forked children.

    Args:
        location: The workspace.
        run_id: The run.
        folder: Its journal folder, with the manifest in it.
        attempt: Which start of the run this is.
        has_files: The watcher has files to look after: the console or an output folder.
        joined: Another process's watcher serves the folder.
        watching: That watcher, where this process can ring it.
        rank: Which process of a submitted run this is; None if the run was not submitted.
    """

    def __init__(
        self,
        location: str,
        run_id: str,
        folder: Path,
        *,
        attempt: int = 1,
        has_files: bool = False,
        joined: bool = False,
        watching: Watching | None = None,
        rank: int | None = None,
    ) -> None:
        self.location = location
        self.run_id = run_id
        self.folder = folder
        self.joined = joined
        self.git: GitInquiry | None = None
        self._owner = os.getpid()
        self.has_files = has_files
        self.logged = False
        self._attempt = attempt
        self._writer: JournalWriter | None = None
        self._confirmed: dict[str, int] = {}
        self._paths: set[str] = set()
        self._rank = rank
        self._watching: Watching | None = watching if joined else _watched(folder)

    @property
    def writer(self) -> JournalWriter:
        """The journal; made when first used, since many child runs are made and never log."""
        if self._writer is None:
            with _lock:
                if self._writer is None:
                    self._writer = self._make_writer()
                    self.logged = True
        return self._writer

    @property
    def is_ours(self) -> bool:
        """Whether this process began the recording, rather than the one it was forked from."""
        return self._owner == os.getpid()

    @property
    def is_submitted(self) -> bool:
        """Whether it is the job's own run, which the job's watcher finishes when the script has ended."""
        return self._rank is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing was recorded, and the watcher has no files to look after."""
        return not (self.logged or self.has_files) and spool.is_empty(self.folder)

    def hand_over(self, path: str, content: bytes | Path | BinaryIO, *, overwrite: bool = False) -> None:
        """Leave a file for the watcher to upload."""
        spool.hand_over(self.folder, path, content, overwrite=overwrite)

    def free_path(self, path: str) -> str:
        """The path, or with a number if this process has used it: images logged again and again are all kept."""
        found, number = path, 1
        while found in self._paths:
            number += 1
            found = chart.numbered(path, number)
        self._paths.add(found)
        return found

    def flush(self, timeout_s: float) -> bool:
        """Wait until the store has all that this process has recorded so far, and the files handed over.

        Args:
            timeout_s: At most so long.

        Returns:
            Whether it has.
        """
        deadline = time.monotonic() + timeout_s
        if self._is_shipped():
            return True
        self.ring()
        pause_s = POLL_MIN_S
        while not self._is_shipped():
            if time.monotonic() >= deadline:
                return False
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, POLL_MAX_S)
        return True

    def _make_writer(self) -> JournalWriter:
        if not self._rank:
            return JournalWriter(self.folder, self.run_id, attempt=self._attempt)
        from runwatch.sdk.rank import RankedWriter

        return RankedWriter(self.folder, self.run_id, attempt=self._attempt, rank=self._rank)

    def ring(self) -> None:
        """Ask the watcher to ship now."""
        if self._watching is not None:
            self._watching.ring()

    def end(
        self,
        status: RunStatus,
        error: dict[str, str] | None = None,
        *,
        reason: str = "",
        kind: str = "",
        wait_s: float = END_S,
    ) -> bool:
        """Say how the run ended and wait a bounded time for the watcher to carry everything to the store.

        Args:
            status: A terminal status.
            error: ``message``, ``code`` and ``details``, or None.
            reason: For the status history.
            kind: The value of an `ExitKind`, where the status alone does not say it.
            wait_s: At most so long.

        Returns:
            Whether all of it is in the store; if not, the watcher works on alone.
        """
        self.ask_git(GIT_S if wait_s else 0.0)
        self.writer.event("end", {"status": status.value, "error": error, "reason": reason, "kind": kind})
        forget(self)
        self.writer.close()
        self.ring()
        self._report()
        deadline = time.monotonic() + wait_s
        if self._watching is not None and wait_s:
            self._watching.wait(wait_s, self.folder)
        while self.joined and not launch.finished(self.folder) and time.monotonic() < deadline:
            time.sleep(POLL_MAX_S)  # another process's watcher, which only the folder tells of
        return launch.finished(self.folder)

    def leave(self, exception: dict[str, str] | None) -> None:
        """Say that the process is about to end; one that has joined another's recording just goes."""
        self.ask_git(0.0)
        if not self.joined or self._rank is not None:
            self.writer.event("exit", {"exception": exception})
        self.ring()
        self._report()

    def ask_git(self, timeout_s: float) -> None:
        """Add the git properties if git has answered; the last time it is asked, it is dropped."""
        git, found = self.git, None
        if git is None or not self.is_ours or (found := git.answer(timeout_s)) is None:
            return
        self.git = None
        with problem.kept_away(self.run_id, "The git properties"):
            home.store(self.location).runs.update(UpdateRun(run_id=self.run_id, add_properties=found))

    def _report(self) -> None:
        """Have the run's page show what could not be recorded here, or not as it was given."""
        sentences = self._writer.problems if self._writer is not None else []
        found = tuple(RunWarning(source="journal", message=sentence) for sentence in sentences)
        found += problem.take(self.run_id)
        if found:
            with problem.kept_away(self.run_id, "The warnings"):
                home.store(self.location).runs.update(UpdateRun(run_id=self.run_id, add_warnings=found))

    def _is_shipped(self) -> bool:
        wanted = self._writer.position() if self._writer is not None else {}
        if wanted != self._confirmed:
            known = home.store(self.location).metrics.list_cursors(ListCursors(run_id=self.run_id)).cursors
            if any(known.get(writer, 0) < position for writer, position in wanted.items()):
                return False
            self._confirmed = wanted
        return spool.is_empty(self.folder)


_live: dict[tuple[str, str], Recording] = {}
_lock = threading.RLock()


def find(location: str, run_id: str) -> Recording | None:
    """The recording of a run in this process, or None."""
    return _live.get((location, run_id))


def keep(recording: Recording) -> Recording:
    """Put a recording on the list; if the run is on it already, that one is returned."""
    return _live.setdefault((recording.location, recording.run_id), recording)


def forget(recording: Recording) -> None:
    """Take a recording off the list: its run has ended."""
    key = recording.location, recording.run_id
    if _live.get(key) is recording:
        del _live[key]


def all_live() -> list[Recording]:
    """All runs that this process records."""
    return list(_live.values())


def settle(location: str, timeout_s: float) -> None:
    """Wait a short time for what this process has recorded in a workspace, so that a list shows it."""
    deadline = time.monotonic() + timeout_s
    for recording in all_live():
        if recording.location == location and recording.logged:
            try:
                recording.flush(max(0.0, deadline - time.monotonic()))
            except ServiceException:  # the list itself meets the same fault and says so
                return


def locked() -> threading.RLock:
    """Held while a recording is made, so that two threads do not make two of one run."""
    return _lock


def _watched(folder: Path) -> Watching:
    """The watcher of this process, which takes one more folder on; started if there is none or it has gone."""
    global _watcher
    if _watcher is None or not _watcher.is_ours:
        _watcher = launch.of_job()
    if _watcher is not None and _watcher.watch(folder):
        return _watcher
    if isinstance(_watcher, launch.JobWatching):  # one of our own would be ended with the script
        problem.say("The watcher of the job does not answer. This process ships what it records beside the job itself.")
        return StandIn(folder)
    watching = start_watching(folder)
    if failed := getattr(watching, "failed", ""):
        problem.say(f"{failed} This process ships its records itself, when it is flushed and at its end.")
        return StandIn(folder)
    _watcher = watching
    return watching


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()  # another thread of the parent may have held it at the fork


os.register_at_fork(after_in_child=_renew_lock)
