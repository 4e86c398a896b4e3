"""Where a journal lies: which file systems may be mapped, and the folder to fall back to when the first one is full."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

Mode = Literal["auto", "map", "write"]

MAPPABLE: Final = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "overlay"})
"""Local file systems that keep what was allocated. On NFS, Lustre, GPFS, CIFS, 9p, FUSE, ZFS and unknown ones a lost
server or a full disk would end the training process with SIGBUS, so records go there by ``pwrite``."""

MODE_VARIABLE: Final = "RUNWATCH_JOURNAL_MODE"
"""``map`` or ``write`` overrides the choice by file system."""

FALLBACK_PREFIX: Final = "fallback."
"""In the journal folder: a symbolic link to each folder that a writer fell back to. A short link takes no block, so
that it can be made on a full disk."""

_MOUNTS = Path("/proc/self/mountinfo")


def is_mapped(folder: Path, mode: Mode) -> bool:
    """Whether segments in this folder are to be mapped."""
    wanted = os.environ.get(MODE_VARIABLE, mode) if mode == "auto" else mode
    if sys.byteorder != "little":  # mapped words are stored as they stand in memory
        return False
    if wanted in {"map", "write"}:
        return wanted == "map"
    return file_system(folder) in MAPPABLE


def file_system(folder: Path) -> str:
    """The type of the file system a folder lies on, as the kernel names it; empty where it cannot be known."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    return type_of(os.path.realpath(folder), mounts)


def type_of(path: str, mounts: Iterable[str]) -> str:
    """The type of the deepest mount that holds the path, from lines of ``/proc/self/mountinfo``."""
    found, depth = "", -1
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4]).rstrip("/")
        if (path == point or path.startswith(f"{point}/")) and len(point) >= depth:  # a later mount hides an earlier
            found, depth = after.split(" ", 1)[0], len(point)
    return found


def fallback_folder(folder: Path) -> Path:
    """Where the journal goes on when its folder cannot take more; the same in every process of the user."""
    import tempfile  # a tenth of the package's import time, for a case that is rare

    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"runwatch-{owner}" / _digest(folder.absolute())


def make_fallback(folder: Path) -> Path:
    """Make the fall-back folder and a link to it in the journal folder, if that still takes one.

    Raises:
        OSError: If it cannot be made, or its parent belongs to somebody else.
    """
    found = fallback_folder(folder)
    found.parent.mkdir(mode=0o700, exist_ok=True)
    parent = os.lstat(found.parent)
    if hasattr(os, "getuid") and (not stat.S_ISDIR(parent.st_mode) or parent.st_uid != os.getuid()):
        raise PermissionError(f"{found.parent} belongs to somebody else")
    found.mkdir(mode=0o700, exist_ok=True)
    with suppress(OSError):  # the reader finds it by its name too, if it has the same user, machine and TMPDIR
        (folder / f"{FALLBACK_PREFIX}{_digest(found)}").symlink_to(found, target_is_directory=True)
    return found


def journal_folders(folder: Path) -> list[Path]:
    """The journal folder and every fall-back folder that is there."""
    others = {fallback_folder(folder)}
    with suppress(OSError), os.scandir(folder) as entries:
        links = [Path(entry) for entry in entries if entry.name.startswith(FALLBACK_PREFIX) and entry.is_symlink()]
        others |= {link.readlink() for link in links}
    return [folder, *sorted(other for other in others - {folder} if other.is_absolute() and other.is_dir())]


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
