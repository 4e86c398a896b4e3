"""Where an archive is written: a folder or a zip that appears under its name only when it is whole."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from runwatch.archive.form import FileEntry
from runwatch.schema import limit
from runwatch.schema.error import ConflictError, LimitError, UserErrorException
from runwatch.store.zip.entry import entry_info
from runwatch.store.zip.measure import Measure


class Target(Protocol):
    """An archive in the making."""

    def add(self, name: str, parts: Iterable[bytes], size_bytes: int) -> FileEntry:
        """Write a file and say what it is.

        Args:
            name: Made by us: a safe name with ``/`` between folders.
            parts: The content.
            size_bytes: How large it will be, or more.
        """
        ...


@contextmanager
def create_target(place: Path) -> Iterator[Target]:
    """An archive that takes its place when the block ends, and that is gone if the block fails.

    A process that is killed leaves its draft behind, ``.runwatch-<random>.part``, and nothing under the name.

    Args:
        place: A zip if it ends with ``.zip``, else a folder.

    Raises:
        ConflictError: Something is there already.
        UserErrorException: It cannot be written: no right, no room.
    """
    if os.path.lexists(place):
        raise ConflictError(f"{place} is there already.", hint="Choose another place with --output, or remove it.")
    draft = place.with_name(f".runwatch-{secrets.token_hex(6)}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _zip(draft) if place.suffix.lower() == ".zip" else _folder(draft) as target:
            yield target
            target.finish()
            _publish(draft, place)
    except OSError as error:
        raise UserErrorException(
            f"{place} cannot be written: {error.strerror or error}.", hint="Choose another place with --output."
        ) from error


@contextmanager
def _zip(draft: Path) -> Iterator[_ZipTarget]:
    try:
        with draft.open("xb") as file:
            target = _ZipTarget(file)
            try:
                yield target
            finally:
                with suppress(OSError, ValueError):  # after a failure there is nothing to save
                    target.close()
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _folder(draft: Path) -> Iterator[_FolderTarget]:
    try:
        draft.mkdir()
        yield _FolderTarget(draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _publish(draft: Path, place: Path) -> None:
    """Give the draft its name, unless somebody took the name meanwhile."""
    try:
        if draft.is_dir():
            draft.rename(place)  # fails if a folder with something in it is there
        else:
            os.link(draft, place)
    except FileExistsError as error:
        raise ConflictError(f"{place} is there by now.", hint="Choose another place.") from error
    except OSError:
        if os.path.lexists(place):
            raise
        draft.rename(place)  # a file system without hard links


class _Count:
    """Counts the files of an archive, which no import takes without bound."""

    def __init__(self) -> None:
        self._files = 0

    def one_more(self) -> None:
        self._files += 1
        if self._files > limit.ARCHIVE_ENTRIES:
            raise LimitError(
                f"An archive has at most {limit.ARCHIVE_ENTRIES:,} files.", hint="Export the runs in several archives."
            )


class _ZipTarget:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w")
        self._count = _Count()

    def add(self, name: str, parts: Iterable[bytes], size_bytes: int) -> FileEntry:
        self._count.one_more()
        measure = Measure()
        with self._zip.open(entry_info(name, size_bytes), "w") as entry:
            for part in measure.watch(parts):
                entry.write(part)
        return FileEntry(name=name, size_bytes=measure.size_bytes, sha256=measure.sha256)

    def finish(self) -> None:
        self.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._zip.close()


class _FolderTarget:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = _Count()

    def add(self, name: str, parts: Iterable[bytes], size_bytes: int) -> FileEntry:
        self._count.one_more()
        measure = Measure()
        path = self._folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for part in measure.watch(parts):
                file.write(part)
        return FileEntry(name=name, size_bytes=measure.size_bytes, sha256=measure.sha256)

    def finish(self) -> None:
        """Nothing is left to do: each file is there, and its digest in the manifest tells if a power cut took some."""
