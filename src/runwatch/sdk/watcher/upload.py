"""Uploads whole files as artifacts, a part at a time: outputs, logs at their end, and files that were handed over."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, Artifact, CreateArtifact, SealArtifact
from runwatch.schema.error import ConflictError, CorruptDataError, SequenceGapError, UserErrorException
from runwatch.schema.settled import settled
from runwatch.store.protocol import Store

ATTEMPTS: Final = 3
"""A file that changes while it is read is read anew so often, then stored as it comes, with a warning."""

Notice = Callable[[str], None]


class Handed(Struct, frozen=True, kw_only=True):
    """``upload/<n>.json``: a file that the training process has copied to ``upload/<n>.bin`` for us.

    Attributes:
        path: The artifact it becomes.
        overwrite: Replace what has that path.
    """

    path: str
    overwrite: bool = False


def put_file(store: Store, run_id: str, path: str, file: Path, *, overwrite: bool, notice: Notice) -> Iterator[None]:
    """Upload one file, and yield after each part so that metrics can go first.

    The digest is computed beforehand and the store checks it at the end, so that what is sealed is what the file was at
    one moment. What the store has already is not sent again: repeating it after a crash goes on where it stopped.

    Args:
        store: Where to.
        run_id: The run.
        path: The artifact.
        file: The file; if it is gone, a notice says so.
        overwrite: Replace a sealed artifact with other content.
        notice: Told of a file that vanished or would not stand still.

    Raises:
        ConflictError: The artifact is there with other content, and ``overwrite`` is not set.
    """
    for attempt in range(ATTEMPTS + 1):
        try:
            with _Source(file) as source:
                last = attempt == ATTEMPTS
                sha256, size_bytes = yield from _digest(source)
                artifact = _open_artifact(store, run_id, path, sha256, size_bytes, overwrite=overwrite)
                if artifact.sealed:
                    return
                yield from _send(store, artifact, source, size_bytes)
                store.artifacts.seal(SealArtifact(run_id=run_id, path=path, sha256="" if last else sha256))
                if last:
                    notice(f"{path} kept changing while it was read; what is stored may mix two of its states.")
                return
        except CorruptDataError:
            continue  # it changed between the two readings, or the store held the beginning of another one
        except _UnreadableError as error:
            notice(f"{path} could not be read: {error}")
            return


def outputs_of(folder: Path, notice: Notice) -> Iterator[tuple[str, Path]]:
    """Files below a folder and their paths relative to it, sorted; links that lead outside are not among them."""
    root = folder.resolve()
    for here, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            file = Path(here, name)
            relative = os.fsencode(file.relative_to(root).as_posix()).decode("utf-8", "replace")
            if file.is_symlink() and not file.resolve().is_relative_to(root):
                notice(f"{relative} is a link that leads out of {folder.name}; it was not uploaded.")
            elif file.is_file():
                yield relative, file


def put_folder(store: Store, run_id: str, prefix: str, folder: Path, notice: Notice) -> Iterator[None]:
    """Upload all files of a folder as ``prefix/…``; one bad file never stops the others."""
    for relative, file in outputs_of(folder, notice):
        try:
            yield from put_file(store, run_id, f"{prefix}/{relative}", file, overwrite=True, notice=notice)
        except UserErrorException as error:  # a name that no artifact may have
            notice(f"{prefix}/{relative} was not uploaded: {error.message}")


def put_handed(store: Store, run_id: str, folder: Path, notice: Notice) -> Iterator[None]:
    """Upload what lies in the journal's ``upload`` folder, in the order handed over, and remove it from there.

    A file is complete when its ``.json`` is there. One that the store refuses for good goes with a notice.
    """
    for card in sorted(folder.glob("*.json"), key=lambda card: (len(card.stem), card.stem)):
        content = card.with_suffix(".bin")
        try:
            handed = msgspec.json.decode(card.read_bytes(), type=settled(Handed))
            yield from put_file(store, run_id, handed.path, content, overwrite=handed.overwrite, notice=notice)
        except msgspec.DecodeError as error:
            notice(f"{card.name} of the uploads could not be understood: {error}")
        except UserErrorException as error:
            notice(f"{handed.path} was not uploaded: {error}")
        card.unlink(missing_ok=True)  # first: without its card nobody takes the content for a waiting file
        content.unlink(missing_ok=True)


class _UnreadableError(Exception):
    """The file cannot be opened or read; told apart from a failing store, which is tried again."""


class _Source:
    """A regular file, opened without waiting for the other end of a pipe."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1

    def __enter__(self) -> _Source:
        try:
            self._descriptor = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise _UnreadableError(error.strerror) from error
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.close(self._descriptor)
            raise _UnreadableError("it is not a regular file")
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._descriptor)

    def part(self, offset: int, count: int = limit.PART_BYTES) -> bytes:
        """At most ``count`` bytes from an offset, at most a part."""
        try:
            return os.pread(self._descriptor, min(count, limit.PART_BYTES), offset)
        except OSError as error:
            raise _UnreadableError(error.strerror) from error


def _digest(source: _Source) -> Generator[None, None, tuple[str, int]]:
    digest, size_bytes = hashlib.sha256(), 0
    while part := source.part(size_bytes):
        digest.update(part)
        size_bytes += len(part)
        yield
    return digest.hexdigest(), size_bytes


def _open_artifact(
    store: Store, run_id: str, path: str, sha256: str, size_bytes: int, *, overwrite: bool
) -> Artifact:  # fmt: skip
    wanted = CreateArtifact(run_id=run_id, path=path, sha256=sha256, size_bytes=size_bytes)
    try:
        artifact = store.artifacts.create(wanted)
    except ConflictError:
        if not overwrite:
            raise
        return store.artifacts.create(msgspec.structs.replace(wanted, overwrite=True))
    if not artifact.sealed and artifact.size_bytes > size_bytes:
        return store.artifacts.create(msgspec.structs.replace(wanted, overwrite=True))
    return artifact


def _send(store: Store, artifact: Artifact, source: _Source, size_bytes: int) -> Iterator[None]:
    offset = artifact.size_bytes
    while offset < size_bytes and (data := source.part(offset, size_bytes - offset)):
        request = AppendArtifact(run_id=artifact.run_id, path=artifact.path, offset=offset, data=data)
        try:
            store.artifacts.append(request)
            offset += len(data)
        except SequenceGapError as error:  # the store has less than it said: it lost a race with another upload
            offset = int(error.detail["cursor"])
        yield
