"""A folder of files from elsewhere, read without following a link and without leaving it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.error import LimitError, NotFoundError, UserErrorException

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Listing(Struct, frozen=True):
    """What lies directly in a folder, by name.

    Attributes:
        files: Plain files with their sizes.
        folders: Folders.
        others: Links, pipes, devices, and what cannot be looked at.
        changed_at: When the newest of the files was changed, seconds UTC; without files, the folder.
    """

    files: dict[str, int]
    folders: tuple[str, ...]
    others: tuple[str, ...]
    changed_at: float


class Tree:
    """The files below a folder.

    Args:
        root: The folder; it may be named by a link, and nothing below it may be one.

    Raises:
        NotFoundError: There is no such folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            self._descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise NotFoundError(f"The folder {root} cannot be read: {error.strerror}.") from error

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)

    def list(self, folder: str) -> Listing:
        """What lies in a folder; ``""`` is the root.

        Raises:
            UserErrorException: It cannot be read.
        """
        files: dict[str, int] = {}
        folders, others = [], []
        times = []
        with self._at(folder) as descriptor:
            with os.scandir(descriptor) as entries:
                names = sorted(entry.name for entry in entries)
            for name in names:
                try:
                    found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                except OSError:
                    others.append(name)
                    continue
                if stat.S_ISREG(found.st_mode):
                    files[name] = found.st_size
                    times.append(found.st_mtime)
                elif stat.S_ISDIR(found.st_mode):
                    folders.append(name)
                else:
                    others.append(name)
            changed_at = max(times, default=os.fstat(descriptor).st_mtime)
        return Listing(files, tuple(folders), tuple(others), changed_at)

    def walk(self, folder: str, left_out: set[str]) -> Iterator[tuple[str, int | None]]:
        """All files below a folder with their sizes, and what is no plain file with None.

        Args:
            folder: Where to begin.
            left_out: Paths of files and folders to leave out.

        Raises:
            LimitError: There are more than an import takes.
        """
        waiting, count = [folder], 0
        while waiting:
            here = waiting.pop()
            listing = self.list(here)
            entries = [*listing.files.items(), *((name, None) for name in listing.others)]
            for name, size_bytes in sorted(entries, key=lambda entry: entry[0]):
                path = join(here, name)
                if path in left_out:
                    continue
                count += 1
                if count > limit.IMPORT_FILES:
                    raise LimitError(f"{self.root} has more than {limit.IMPORT_FILES:,} files.", hint="Import parts.")
                yield path, size_bytes
            below = [join(here, name) for name in listing.folders]
            waiting += [path for path in reversed(below) if path not in left_out]

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """A plain file, open for reading.

        Raises:
            UserErrorException: It is gone, or is no plain file any more.
        """
        folder, _, name = path.rpartition("/")
        with self._at(folder) as held, _told(path):
            descriptor = os.open(name, _FILE, dir_fd=held)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UserErrorException(f"{path!r} is no plain file.")
            yield file

    def read(self, path: str, most_bytes: int) -> bytes:
        """The content of a file.

        Raises:
            LimitError: It is larger than that.
            UserErrorException: It cannot be read.
        """
        with self.open(path) as file:
            content = file.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise LimitError(f"{path!r} is larger than the {most_bytes >> 20:,} MiB that are read of such a document.")
        return content

    @contextmanager
    def _at(self, folder: str) -> Iterator[int]:
        """A descriptor of a folder, each one opened relative to the one above."""
        with _told(folder or str(self.root)):
            held = os.dup(self._descriptor)
        try:
            for name in folder.split("/") if folder else ():
                with _told(folder):
                    inner = os.open(name, _FOLDER, dir_fd=held)
                os.close(held)
                held = inner
            yield held
        finally:
            os.close(held)


def join(folder: str, name: str) -> str:
    """The path of what lies in a folder."""
    return f"{folder}/{name}" if folder else name


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserErrorException(f"{path!r} cannot be read: {error.strerror}.") from error
