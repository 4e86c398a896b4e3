"""Keeps an agent at work beside a server: jobs that are submitted over HTTP run on the server's machine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Final

from runwatch.journal import location
from runwatch.sdk import agent

PAUSE_S: Final = 1.0
PAUSE_MAX_S: Final = 60.0
"""Between two starts of an agent that does not stay alive: doubled each time, at most so long."""

STEADY_S: Final = 60.0
"""An agent that has lived so long had a good start: the next one is started soon again."""

LOOK_S: Final = 2.0
"""How often to see whether an agent that somebody else started is still there: it leaves when it has nothing to do."""

STOP_S: Final = 5.0
"""How long an agent has to leave when the server ends; then it is killed, which does no harm: what runs goes on."""


class Keeper:
    """Has one agent serve a workspace on this machine from `start` to `stop`.

    One that serves it already is left alone; when it leaves, ours takes its place.

    Args:
        workspace: The folder.
    """

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._place = location.compute_folder(workspace)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="agent", daemon=True)
        self._agent: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Our agent; None while there is none."""
        return None if self._agent is None else self._agent.pid

    def start(self) -> None:
        """Begin to look after the agent."""
        self._thread.start()

    def stop(self) -> None:
        """End our agent, and wait until it has left."""
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        pause_s = PAUSE_S
        while not self._stopping.is_set():
            if _is_served(self._place):
                self._stopping.wait(LOOK_S)
                continue
            began = time.monotonic()
            self._run()
            pause_s = PAUSE_S if time.monotonic() - began >= STEADY_S else min(2 * pause_s, PAUSE_MAX_S)
            self._stopping.wait(pause_s)

    def _run(self) -> None:
        """One agent, from its start to its end."""
        try:
            # In a session of its own: Ctrl-C at the terminal of the server reaches the server, which then ends it.
            self._agent = agent.start(self._workspace, "--beside", str(os.getpid()))
        except OSError:  # no process to be had, or no room on the disk: later perhaps
            return
        while self._agent.poll() is None and not self._stopping.wait(PAUSE_S / 4):
            continue
        if self._agent.returncode is None:
            self._agent.terminate()
            try:
                self._agent.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._agent.kill()
                self._agent.wait()
        self._agent = None


def _is_served(place: Path) -> bool:
    """Whether an agent holds the lock of a compute folder."""
    import fcntl

    with contextlib.suppress(FileNotFoundError), open(place / location.AGENT_LOCK, "rb") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
