"""All processes that come from this one, however they tried to leave it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from runwatch.compute.runner.token import PARENT, PROC, START, STATE, fields

PASSES = 3
"""While one pass reads, a process may start another and end; the next pass finds that."""


class Family:
    """The descendants of a subreaper; where there is no /proc, the process groups of those it was told of.

    Args:
        root: The pid of the subreaper.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._groups: list[int] = []
        self._told: set[tuple[int, str]] = set()
        self.is_whole = os.path.exists(f"{PROC}/{root}/stat")

    def add(self, pid: int) -> None:
        """A child of the root that leads a process group."""
        self._groups.append(pid)

    def living(self) -> list[int]:
        """The pids of those that have not ended; without /proc, of the groups that have members."""
        if not self.is_whole:
            return [group for group in self._groups if _answers(group)]
        return [pid for pid, _, state in self._members() if state not in "ZX"]

    def terminate(self) -> None:
        """SIGTERM to each, and to each only once: for many programs a second one means that all hurry up."""
        if not self.is_whole:
            self._signal_groups(signal.SIGTERM)
            return
        for _ in range(PASSES):
            new = {(pid, start) for pid, start, _ in self._members()} - self._told
            self._told |= new
            for pid, start in new:
                _send(pid, start, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to each."""
        if not self.is_whole:
            self._signal_groups(signal.SIGKILL)
            return
        for pid, start, _ in self._members():
            _send(pid, start, signal.SIGKILL)

    def _members(self) -> list[tuple[int, str, str]]:
        """Pid, start time and state of all descendants, ancestors first."""
        children: dict[str, list[tuple[int, str, str]]] = {}
        for name in os.listdir(PROC):
            found = fields(int(name)) if name.isdigit() else []
            if len(found) > START:
                children.setdefault(found[PARENT], []).append((int(name), found[START], found[STATE]))
        members = list(children.get(str(self._root), ()))
        for pid, _, _ in members:  # it grows while it is walked
            members += children.get(str(pid), ())
        return members

    def _signal_groups(self, number: int) -> None:
        for group in self._groups:
            with suppress(OSError):
                os.killpg(group, number)


def _send(pid: int, start: str, number: int) -> None:
    """Signal the process of that pid and start time, and no other that was given its pid since."""
    with suppress(OSError):
        if not hasattr(os, "pidfd_open"):
            if fields(pid)[START : START + 1] == [start]:
                os.kill(pid, number)
            return
        descriptor = os.pidfd_open(pid)
        try:
            if fields(pid)[START : START + 1] == [start]:
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def _answers(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True
