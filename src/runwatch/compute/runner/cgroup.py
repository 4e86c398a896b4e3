"""The control group of a run, where one can be made, and what the kernel counts there of ends for lack of memory."""

from __future__ import annotations

import os
from contextlib import suppress

ROOT = "/sys/fs/cgroup"
OWN = "/proc/self/cgroup"
MACHINE = "/proc/vmstat"


class Group:
    """A control group (version 2) that was made for one run, below the runner's own.

    Attributes:
        path: Its folder.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def join(self) -> None:
        """Put this very process into it; a process that cannot be is ended as a descendant all the same."""
        with suppress(OSError):
            _write(f"{self.path}/cgroup.procs", "0")

    def kill(self) -> None:
        """SIGKILL to all members at once, where the kernel (5.14 and later) can do that."""
        with suppress(OSError):
            _write(f"{self.path}/cgroup.kill", "1")

    def remove(self) -> None:
        """Remove it, with the groups that the job has made in it."""
        for folder, _, _ in os.walk(self.path, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)


def make_group(name: str) -> Group | None:
    """A new group of that name, or None where the runner may not make one."""
    for folder in _own_groups(""):
        made = f"{folder}/{name}"
        with suppress(OSError):
            os.mkdir(made)
            return Group(made)
    return None


def memory_ends(group: Group | None) -> dict[str, int]:
    """How often the kernel has ended a process of the run for lack of memory, by the file that says so.

    The run's own group counts if it can, else the group that the runner is in; the machine's counter speaks only where
    no group has one, since it counts everybody's.
    """
    files = [] if group is None else [f"{group.path}/memory.events"]
    files += [f"{folder}/memory.events" for folder in _own_groups("")]
    files += [f"{folder}/memory.oom_control" for folder in _own_groups("memory")]
    for name in (*files, MACHINE):
        count = _count(name)
        if count is not None:
            return {name: count}
    return {}


def evidence(before: dict[str, int]) -> str:
    """What the counters say that grew since `memory_ends`; empty if none did."""
    for name, count in before.items():
        grown = (_count(name) or 0) - count
        if grown > 0:
            return f"{name} counted {grown} process(es) ended for lack of memory meanwhile"
    return ""


def _own_groups(controller: str) -> list[str]:
    """The folders of the groups that the runner is in: of version 1 by a controller, of version 2 by the empty text.

    Within a container the path that the kernel names may lie outside what is mounted here; the mount's top, which is
    the container's own group, is then the answer.
    """
    try:
        with open(OWN, encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
    except OSError:
        return []
    paths = [line[2].rstrip("/") for line in lines if len(line) == 3 and controller in line[1].split(",")]
    tops = [f"{ROOT}/{controller}"] if controller else [ROOT, f"{ROOT}/unified"]
    tops = [top for top in tops if os.path.exists(f"{top}/cgroup.procs")]
    return [f"{top}{path}" if os.path.isdir(f"{top}{path}") else top for top in tops for path in paths]


def _count(path: str) -> int | None:
    """The number behind ``oom_kill`` in a file of lines of a word and a number."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            words = [line.split() for line in file]
    except OSError:
        return None
    return next((int(line[1]) for line in words if line[:1] == ["oom_kill"] and len(line) == 2), None)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
