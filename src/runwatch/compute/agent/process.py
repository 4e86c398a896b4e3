"""The agent as a process: one for each workspace and machine, from the first job until there has been none for long."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from runwatch.compute.agent.agent import LEASE_S, Agent
from runwatch.compute.backend.local import LocalDriver
from runwatch.journal import location
from runwatch.schema.error import RunwatchError, StoreUnavailableError
from runwatch.store.location import open_store

LOG = logging.getLogger("runwatch.agent")

EXIT_SERVED: Final = 3
"""Another agent serves the workspace on this machine."""

LINGER_S: Final = 900.0
"""An agent without work stays so long: the next job starts at once then."""

LOOK_S: Final = 0.5
"""How often to look for what nobody rang for: jobs queued from other machines, runners taken over."""

CLOSE_LOOK_S: Final = 0.05
"""While a job has ended whose watcher is about to be done: its slot is wanted."""

LEAVING_S: Final = 10.0
"""How long an agent may take to leave that does not listen any more."""

AWAY_S: Final = 5.0
"""Between two attempts while the store is away."""


class Bell:
    """Wakes the agent's loop: rung by who submits or cancels, by our threads, and by the end of a runner.

    Args:
        path: The socket that others ring at.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._wake, self._end = os.pipe()
        for end in (self._wake, self._end):
            os.set_blocking(end, False)

    @property
    def descriptor(self) -> int:
        """For signals."""
        return self._end

    def ring(self) -> None:
        """Wake the loop, from any thread."""
        try:
            os.write(self._end, b"r")
        except BlockingIOError:  # full of rings that were not heard yet
            return

    def wait(self, timeout_s: float) -> None:
        """Sleep until it is rung, at most so long."""
        if select.select([self._socket.fileno(), self._wake], [], [], timeout_s)[0]:
            for descriptor in (self._socket.fileno(), self._wake):
                try:
                    while os.read(descriptor, 512):
                        continue
                except BlockingIOError:
                    continue

    def close(self) -> None:
        """Let others see that nobody listens."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Serve a workspace; 0 at an orderly end, `EXIT_SERVED` if another agent serves it on this machine."""
    parser = argparse.ArgumentParser(prog="python -m runwatch.compute.agent", description=__doc__)
    parser.add_argument("--workspace", required=True, help="folder or address")
    parser.add_argument("--name", default=socket.gethostname(), help="by which this machine is known in the queue")
    parser.add_argument("--stay", action="store_true", help="also when there is nothing to do")
    parser.add_argument("--beside", metavar="PID", type=int, default=0, help="stay as long as this parent lives")
    parser.add_argument("--linger-s", type=float, default=LINGER_S, help=argparse.SUPPRESS)
    parser.add_argument("--lease-s", type=float, default=LEASE_S, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    place = location.compute_folder(given.workspace)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(place / location.AGENT_LOCK, "a", encoding="utf-8") as lock:
        if not _take(lock.fileno(), location.bell(place)):
            LOG.info("another agent serves %s on this machine", given.workspace)
            return EXIT_SERVED
        os.chdir("/")
        return _serve(given, place, lock.fileno())


def _take(lock: int, bell: Path) -> bool:
    """Become the agent of the workspace; wait for one that is leaving, but not for one that can be rung."""
    until = time.monotonic() + LEAVING_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if bell.exists() or time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True


def _is_ours(place: Path, lock: int) -> bool:
    """Whether the workspace is still the one that we serve, and was not deleted or replaced."""
    try:
        return (place / location.AGENT_LOCK).stat().st_ino == os.fstat(lock).st_ino
    except OSError:
        return False


def _serve(given: argparse.Namespace, place: Path, lock: int) -> int:
    workspace, name, stopping = given.workspace, given.name, False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    # Before the bell hangs there: whoever finds it may ask us to leave, and that is an orderly end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    bell, store = Bell(location.bell(place)), open_store(workspace, create=False)
    driver = LocalDriver(store, workspace, _environments(), bell.ring)
    agent = Agent(store, driver, name, lease_s=given.lease_s)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(bell.descriptor)
    LOG.info("serving %s as %s, process %d", workspace, name, os.getpid())
    busy_at, pause_s = time.monotonic(), 0.0
    while not stopping:
        bell.wait(pause_s)
        try:
            if agent.step():
                busy_at = time.monotonic()
            pause_s = CLOSE_LOOK_S if agent.is_hurried else LOOK_S
        except StoreUnavailableError as error:  # jobs that run go on; their watchers keep what they say
            LOG.warning("%s", error)
            pause_s = AWAY_S
        except RunwatchError as error:
            LOG.warning("%s", error, exc_info=error)
            pause_s = AWAY_S
        stays = given.stay or (given.beside and os.getppid() == given.beside)
        if not _is_ours(place, lock) or (not stays and time.monotonic() - busy_at > given.linger_s):
            break
    LOG.info("leaving")
    bell.close()
    driver.stop()
    store.close()
    return 0


def _environments() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("runwatch", appauthor=False) / "environments"
