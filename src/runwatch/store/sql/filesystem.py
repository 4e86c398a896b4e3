"""Which kind of file system a folder lies on: SQLite's shared memory works within one machine only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from runwatch.schema.error import WorkspaceException

_NETWORK: Final = frozenset(
    {
        *("9p", "afs", "beegfs", "beegfs_nodev", "ceph", "cifs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre", "mfs"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2", "quobyte", "smb2", "smb3", "smbfs", "wekafs"),
        *("prl_fs", "vboxsf", "virtiofs", "vmhgfs"),  # folders that a virtual machine shares with its host
    }
)
_LOCAL_FUSE: Final = frozenset({"fuseblk", "fuse.fuse-overlayfs", "fuse.ntfs-3g", "fuse.ext2fs", "fuse.gocryptfs"})
"""File systems in user space over a local disk; every other one is taken for remote."""

_OCTAL: Final = re.compile(r"\\([0-7]{3})")
MOUNTS: Final = Path("/proc/self/mountinfo")


def filesystem_of(path: Path, mounts: str) -> str:
    """The type of the file system that holds a path, or an empty text if the table does not say.

    Args:
        path: An absolute path without symbolic links.
        mounts: The content of ``/proc/self/mountinfo``.
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or not kinds:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if len(point.parts) >= best and path.is_relative_to(point):  # of mounts on one point the last one is seen
            best, found = len(point.parts), kinds[0]
    return found


def is_network(kind: str) -> bool:
    """Whether several machines may see a file system of this type."""
    return kind in _NETWORK or (kind.startswith("fuse") and kind not in _LOCAL_FUSE)


def refuse_network(folder: Path) -> None:
    """Refuse a folder on a network file system, where SQLite corrupts its file.

    Linux only: elsewhere the kind of a file system is not known, except Windows' ``\\\\server\\share`` paths.

    Raises:
        WorkspaceException: It is on one.
    """
    real = folder.resolve()
    kind = "a network share" if str(real).startswith("\\\\") else ""
    try:
        found = filesystem_of(real, MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        found = ""  # not Linux, or no /proc
    if is_network(found):
        kind = found
    if kind:
        raise WorkspaceException(
            f"{folder} lies on a network file system ({kind}), where a SQLite database is corrupted sooner or later.",
            hint="Choose a folder on a local disk, for example with RUNWATCH_WORKSPACE=/local/folder.",
            filesystem=kind,
        )
