"""What ``/proc`` says of a process, and its name that no other process is ever given.

The same text as `runwatch.sdk.watcher.token` makes, which cannot be imported from here; a test holds them together.
"""

from __future__ import annotations

import os

PROC = "/proc"

STATE, PARENT, START = 0, 1, 19
"""Where the fields stand that `fields` gives."""


def process_token(pid: int | None = None) -> str:
    """``<boot id>+<start time>`` of a process (None means this one); empty if there is no such process, or no /proc."""
    found = fields(os.getpid() if pid is None else pid)
    return f"{boot_id()}+{found[START]}" if len(found) > START else ""


def boot_id() -> str:
    """What the kernel calls the time since it was started; empty where it has no name for it."""
    try:
        with open(f"{PROC}/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def fields(pid: int) -> list[str]:
    """What ``/proc/<pid>/stat`` says behind the command's name, which may hold blanks and brackets: state, parent, …"""
    try:
        with open(f"{PROC}/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
