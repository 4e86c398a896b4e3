"""What control groups say of a process: its memory limit, and whether the kernel ended something for lack of memory."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path("/sys/fs/cgroup")
PROC = Path("/proc")

UNLIMITED_BYTES = 1 << 60
"""Version 1 writes a number near 2**63 for "no limit"; nobody has an exbibyte of memory."""


def memory_folders(pid: int, *, root: Path | None = None, proc: Path | None = None) -> list[Path]:
    """The folders that hold the memory figures of the process's group, innermost first; empty where there are none.

    Within a container the path that the kernel names may lie outside what is mounted here; the mount's top, which is
    the container's own group, is then the answer.
    """
    try:
        lines = ((proc or PROC) / str(pid) / "cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    tops = []
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if "memory" in controllers.split(","):
            tops.append(((root or ROOT) / "memory", path))
        elif controllers == "":
            tops += [((root or ROOT), path), ((root or ROOT) / "unified", path)]
    return [folder for top, path in tops for folder in _upward(top, path)]


class MemoryLimit(NamedTuple):
    """The tightest memory limit that a process stands under.

    Attributes:
        limit_bytes: The limit.
        folder: The group that sets it.
    """

    limit_bytes: int
    folder: Path

    def used_bytes(self) -> int | None:
        """What the group uses, without file cache that the kernel would give up first; None if it is not told."""
        for name in ("memory.current", "memory.usage_in_bytes"):
            if (used := _number(self.folder / name)) is not None:
                return max(0, used - (_field(self.folder / "memory.stat", "inactive_file") or 0))
        return None


def memory_limit(pid: int, *, root: Path | None = None, proc: Path | None = None) -> MemoryLimit | None:
    """The smallest memory limit of the process's groups, or None if they set none."""
    found = [
        MemoryLimit(value, folder)
        for folder in memory_folders(pid, root=root, proc=proc)
        for name in ("memory.max", "memory.limit_in_bytes")
        if (value := _number(folder / name)) is not None and value < UNLIMITED_BYTES
    ]
    return min(found, default=None)


def oom_kills(pid: int, *, root: Path | None = None, proc: Path | None = None) -> dict[str, int]:
    """How often the kernel has ended a process for lack of memory, by the file that says so.

    Read once while the process lives and, from the same files, when it is gone (`recount`): a difference is evidence.
    """
    files = [
        folder / name
        for folder in memory_folders(pid, root=root, proc=proc)
        for name in ("memory.events", "memory.oom_control")
    ]
    return recount({str(file): 0 for file in [*files, (proc or PROC) / "vmstat"]})


def recount(before: dict[str, int]) -> dict[str, int]:
    """The same counters now; files that are gone are left out."""
    found = {name: _field(Path(name), "oom_kill") for name in before}
    return {name: count for name, count in found.items() if count is not None}


def oom_evidence(before: dict[str, int], after: dict[str, int]) -> str:
    """One sentence about the counters that grew, the process's own group first; empty if none did."""
    for name, count in after.items():
        if (grown := count - before.get(name, count)) > 0:
            return f"{name} counted {grown} process(es) ended for lack of memory while this one was watched"
    return ""


def _upward(top: Path, path: str) -> list[Path]:
    inside = top / path.lstrip("/")
    return [folder for folder in (inside, *inside.parents) if folder.is_relative_to(top) and folder.is_dir()]


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):  # "max", no such file, or not ours to read
        return None


def _field(path: Path, field: str) -> int | None:
    """The number behind a word in a file of lines such as ``oom_kill 3``."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(" ")
        if name == field and value.strip().isdigit():
            return int(value)
    return None
