"""The watcher process: looks after the runs of one training process until they are finished, whatever happens to it."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from runwatch.journal import location
from runwatch.journal.manifest import Manifest, read_manifest
from runwatch.schema.error import RunwatchError
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher.claim import Claim
from runwatch.sdk.watcher.doorbell import Doorbell, listen
from runwatch.sdk.watcher.life import Life, inherited
from runwatch.sdk.watcher.ward import IDLE_S, Ward
from runwatch.store.location import open_store
from runwatch.store.protocol import Store

LOG = logging.getLogger("runwatch.watcher")

LINGER_S: Final = 30.0
"""After its last run a watcher stays this long for the next one of the same process: a loop of short runs needs one."""

NICENESS: Final = 5
"""Training goes first."""


class Watcher:
    """Looks after journal folders, turn by turn, in one thread.

    Args:
        bell: What the training process rings and hands folders through.
        starter: The process that started this one, if it gave itself to be followed.
    """

    def __init__(self, bell: Doorbell, starter: Life | None = None) -> None:
        self._bell = bell
        self._wards: dict[Path, Ward] = {}
        self._stores: dict[str, Store] = {}
        self._lives = {} if starter is None else {(starter.pid, starter.token): starter}
        self._roots: set[Path] = set()
        self._told_to_leave = False
        self._listens = False
        self._idle_since = time.monotonic()
        self._wake, wake_end = os.pipe()
        for end in (self._wake, wake_end):
            os.set_blocking(end, False)
        self._wake_end = wake_end

    def listen_to_signals(self) -> None:
        """SIGTERM: ship, and leave the rest to the next watcher. Ctrl-C and the end of the terminal are not for us."""
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_term)
        signal.set_wakeup_fd(self._wake_end)
        self._listens = True

    def add(self, folder: Path) -> bool:
        """Take a folder into care; False if another watcher has it, or if it is no journal."""
        if folder in self._wards:
            return True
        claim = Claim.take(folder)
        if claim is None:
            LOG.info("%s is looked after by another watcher, or is gone", folder.name)
            return False
        try:
            self._wards[folder] = Ward(claim, self._store, self._life)
        except (RunwatchError, OSError) as error:
            LOG.warning("%s cannot be looked after: %s", folder.name, error)
            claim.release()
            return False
        self._roots.add(folder.parent)
        LOG.info("%s: epoch %d", folder.name, claim.epoch)
        return True

    def run(self) -> None:
        """Work until nothing is left to do."""
        rung = False
        while not self._told_to_leave and (self._wards or self._awaits_more()):
            delays = [ward.step(rung=rung) for ward in self._wards.values()]
            self._let_go()
            rung = self._wait(min(delays, default=IDLE_S))
        self._leave()

    def _awaits_more(self) -> bool:
        """Whether another run of the same training process may still come."""
        idle_s = time.monotonic() - self._idle_since
        if self._bell.is_open and idle_s < LINGER_S and not all(life.ended() for life in self._lives.values()):
            return True
        # Nobody can hand us a folder from here on; one that came while we closed the door lies beside the others.
        self._bell.close()
        return self._adopt()

    def _adopt(self) -> bool:
        adopted = False
        for root in self._roots:
            for folder in backlog.journal_folders(root):
                adopted |= self._is_orphan(folder) and self.add(folder)
        return adopted

    def _wait(self, delay_s: float) -> bool:
        """Sleep until something happens; whether the bell was rung."""
        lives = [ward.watched_descriptor() for ward in self._wards.values()]
        sources = [self._wake, *self._bell.sources(), *{life for life in lives if life is not None}]
        ready = select.select(sources, [], [], delay_s)[0]
        if self._wake in ready:
            os.read(self._wake, 512)
        rung = False
        for word, folder in self._bell.hear() if set(ready) & set(self._bell.sources()) else ():
            rung |= word == "ring"
            if word == "watch":
                self.add(Path(folder))
        return rung

    def _let_go(self) -> None:
        for folder in [folder for folder, ward in self._wards.items() if ward.done]:
            del self._wards[folder]
            self._idle_since = time.monotonic()

    def _leave(self) -> None:
        for ward in self._wards.values():
            try:
                ward.ship()
            except Exception as error:  # the journal stays for the next watcher, whatever it is
                LOG.warning("%s: %s; left to the next watcher", ward.folder.name, error)
            ward.leave()
        for store in self._stores.values():
            store.close()
        for life in self._lives.values():
            life.close()
        if self._listens:
            signal.set_wakeup_fd(-1)
        os.close(self._wake)
        os.close(self._wake_end)

    def _is_orphan(self, folder: Path) -> bool:
        """Whether a folder belongs to a process that we follow, and nobody looks after it."""
        try:
            manifest = read_manifest(folder)
        except (RunwatchError, OSError):
            return False
        is_ours = (manifest.pid, manifest.process_started) in self._lives
        return is_ours and not backlog.parked(folder) and not manifest.was_left

    def _store(self, workspace: str) -> Store:
        if workspace not in self._stores:
            self._stores[workspace] = open_store(workspace, create=False)
        return self._stores[workspace]

    def _life(self, manifest: Manifest) -> Life:
        key = manifest.pid, manifest.process_started
        if key not in self._lives:
            self._lives[key] = Life(*key)
        return self._lives[key]

    def _on_term(self, number: int, frame: object) -> None:
        self._told_to_leave = True


def main(arguments: Sequence[str]) -> int:
    """Run a watcher for the journal folders given; 0 unless the arguments are wrong."""
    arguments, bell_path = list(arguments), ""
    if len(arguments) > 1 and arguments[0] == "--bell":
        bell_path, arguments = arguments[1], arguments[2:]
    if not arguments:
        sys.stderr.write("usage: python -m runwatch.sdk.watcher [--bell SOCKET] FOLDER...\n")
        return 2
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folders = [Path(argument).absolute() for argument in arguments]
    own_bell = "" if bell_path else _bell_of(folders[0])  # the agent removes those that it names
    bell = Doorbell(sys.stdin.fileno() if sys.stdin is not None else None)
    watcher = Watcher(bell, inherited())
    watcher.listen_to_signals()
    _step_back()
    taken = [watcher.add(folder) for folder in folders]
    if not any(taken):
        return 0
    # Not before: it would take the place of the watcher that is at work.
    if (listener := _listener(bell_path or own_bell)) is not None:
        bell.listen_at(listener)
    watcher.run()
    if own_bell:
        Path(own_bell).unlink(missing_ok=True)
    return 0


def _bell_of(folder: Path) -> str:
    """Where the processes of a job ring; empty if the folder is no job's."""
    try:
        job = read_manifest(folder).job
        return str(location.bell(Path(job))) if job else ""
    except (RunwatchError, OSError):
        return ""


def _listener(path: str) -> socket.socket | None:
    """Where the processes of a job ring; without it they start watchers of their own."""
    if not path:
        return None
    try:
        return listen(path)
    except OSError as error:
        LOG.warning("no bell at %s: %s", path, error.strerror)
        return None


def _step_back() -> None:
    """Be no burden: lower priority, and no hold on the folder that the script was started in."""
    os.chdir("/")
    try:
        os.nice(NICENESS)
    except OSError:  # some sandboxes do not allow it
        return
