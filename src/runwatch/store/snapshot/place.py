"""A folder held by a descriptor: what lies below is opened and made relative to it, and no link is ever followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final

_SAFE: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | _SAFE


class HeldFolder:
    """A folder on disk, to read from or to write into; use it in a ``with`` block.

    Errors of its methods are those of the operating system. A link anywhere below the folder is an `OSError` with
    ``ELOOP`` or ``ENOTDIR``, however recently it was put there.

    Args:
        folder: It must be there; the last part may be a link.
    """

    def __init__(self, folder: Path) -> None:
        self._root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> HeldFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._root)

    def open(self, path: str) -> int:
        """A descriptor of a regular file to read; anything else there is an `OSError`.

        Args:
            path: Relative, with ``/``, without ``..``.
        """
        with self._parent(path) as (parent, name):
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | _SAFE, dir_fd=parent)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(f"{path} is no regular file")
        return descriptor

    def make_file(self, path: str, *, executable: bool) -> int:
        """A descriptor of a new file to write; what has the name already stays, and is a `FileExistsError`."""
        flags, mode = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o777 if executable else 0o666
        with self._parent(path, make=True) as (parent, name):
            return os.open(name, flags, mode, dir_fd=parent)

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        with self._parent(path, make=True) as (parent, name):
            os.symlink(target, name, dir_fd=parent)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it; one that is there is fine."""
        with self._parent(f"{path}/_", make=True):
            pass

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        *folders, name = path.split("/")
        at = self._root
        try:
            for folder in folders:
                below = _below(folder, at, make=make)
                if at != self._root:
                    os.close(at)
                at = below
            yield at, name
        finally:
            if at != self._root:
                os.close(at)


def _below(name: str, parent: int, *, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
    return os.open(name, _FOLDER, dir_fd=parent)
