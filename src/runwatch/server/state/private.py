"""Files that nobody but their owner may read: made with that right from the first instant, never through a link."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from runwatch.schema.error import WorkspaceException

_SAFE: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS})


def create(path: Path, content: bytes) -> bool:
    """Make a file with its whole content, readable by its owner alone.

    Args:
        path: Where; whatever is there stays as it is.
        content: What it holds.

    Returns:
        Whether it was made; False if something is there already.
    """
    young = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    _write(young, content)
    try:
        os.link(young, path)  # appears at once and whole, or not at all
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        try:
            _write(path, content)
        except FileExistsError:
            return False
    finally:
        young.unlink(missing_ok=True)
    return True


def read(path: Path, most_bytes: int) -> bytes:
    """The content of a file that nobody else can have written or read.

    Args:
        path: The file.
        most_bytes: A larger one is refused.

    Raises:
        FileNotFoundError: There is none.
        WorkspaceException: It is a link, or somebody else's, or others may read it, or it is too large.
    """
    with os.fdopen(_open(path), "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise _refusal(path, "is larger than it can be")
    return content


def check(path: Path) -> None:
    """Refuse a file that somebody else may have made, or may read.

    Raises:
        FileNotFoundError: There is none.
        WorkspaceException: It is a link, or somebody else's, or others may read it.
    """
    os.close(_open(path))


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | _SAFE | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK}:
            raise _refusal(path, "is a symbolic link") from error
        raise
    try:
        _check(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _refusal(path, "is not a plain file")
    if os.name == "nt":
        return  # a user's own folders are closed to others there
    if found.st_uid != os.geteuid():
        raise _refusal(path, "belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise _refusal(path, "may be read by others")


def _refusal(path: Path, why: str) -> WorkspaceException:
    return WorkspaceException(
        f"{path} {why}, so it cannot be trusted with secrets.",
        hint="Find out who made it; when it is removed, a new one is made.",
    )
