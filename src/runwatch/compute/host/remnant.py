"""Ends what a job left whose runner was killed: nobody else knows its processes any more."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from runwatch.compute.runner.cgroup import Group
from runwatch.compute.runner.token import PARENT, PROC, START, STATE, boot_id, fields
from runwatch.journal.job_file import JobState

PASSES: Final = 3
"""While one pass reads, a process may start another and end; the next pass finds that."""


def end_remnants(state: JobState, marks: Mapping[str, str]) -> int:
    """Kill what is left of a job; how many processes were found.

    The script's own processes die with their runner, if the kernel can do that. What they had started is found by the
    control group, by ancestry, and by the job's variables, which children inherit. A daemon that has neither is missed.

    Args:
        state: What the runner last said.
        marks: Variables that all processes of the job have, and no others.
    """
    if state.boot_id != boot_id():
        return 0
    found: set[int] = set()
    for _ in range(PASSES):
        if state.cgroup is not None:
            Group(state.cgroup).kill()
        left = _living(state, marks)
        if not left:
            break
        found |= left
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    if state.cgroup is not None:
        Group(state.cgroup).remove()
    return len(found)


def _living(state: JobState, marks: Mapping[str, str]) -> set[int]:
    known = {pid: found for pid in _pids() if len(found := fields(pid)) > START and found[STATE] not in "ZX"}
    named = {(process.pid, process.started.rpartition("+")[2]) for process in state.processes}
    began = int(state.started.rpartition("+")[2] or 0)
    lines = {f"{name}={value}".encode() for name, value in marks.items()}
    roots = {
        pid
        for pid, found in known.items()
        if (pid, found[START]) in named or (marks and int(found[START]) >= began and lines <= _environment(pid))
    }
    return _with_descendants(roots, {pid: int(found[PARENT]) for pid, found in known.items()}) - {os.getpid(), 1}


def _with_descendants(roots: set[int], parents: Mapping[int, int]) -> set[int]:
    found, size = set(roots), -1
    while len(found) != size:
        size = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def _environment(pid: int) -> set[bytes]:
    try:
        return set(Path(f"{PROC}/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:  # gone, or somebody else's
        return set()


def _pids() -> Iterable[int]:
    try:
        return [int(entry.name) for entry in Path(PROC).iterdir() if entry.name.isdigit()]
    except OSError:  # a system without /proc
        return []
