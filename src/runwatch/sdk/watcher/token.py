"""Names a process so that no other is ever taken for it: boot of the machine and start time beside the pid."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def process_token(pid: int | None = None) -> str:
    """``<boot id>+<start time>`` of a process (None means this one); empty if there is no such process.

    A pid alone is never trusted: a busy machine gives each out again within minutes. The start time is in clock ticks
    since the boot. A process that has ended but was not yet collected by its parent still has its token.
    """
    fields = _fields(os.getpid() if pid is None else pid)
    return f"{boot_id()}+{fields[19]}" if len(fields) > 19 else ""


def boot_id() -> str:
    """What the kernel calls the time since it was started; empty where it has no name for it."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def is_alive(pid: int, token: str) -> bool:
    """Whether the process of that pid and token lives; ended but not collected counts as dead."""
    return is_running(pid) and (process_token(pid) == token or not PROC.is_dir())


def is_running(pid: int) -> bool:
    """Whether some process of that pid lives."""
    fields = _fields(pid)
    if not fields:
        return not PROC.is_dir() and _answers(pid)
    return fields[0] not in {"Z", "X", "x"}


def is_of_earlier_boot(token: str) -> bool:
    """Whether the machine was started again since the process was."""
    boot, _, _ = token.partition("+")
    return bool(boot) and boot != boot_id()


def _fields(pid: int) -> list[str]:
    """What ``/proc/<pid>/stat`` says behind the command's name, which may hold blanks and brackets: state, parent, …"""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _answers(pid: int) -> bool:
    """Whether some process has this pid, on systems that do not say more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and not ours
        return True
    return True
