"""Blobs as files of a local folder: ``open/<random id>`` while they grow, ``<2 digits>/<sha256>`` once sealed."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runwatch.store.blob.beneath import Beneath, listed, translated
from runwatch.store.blob.protocol import OPEN_ID, SEALED_ID, Found

_DIGEST_STEP_BYTES: Final = 1 << 20  # large enough that hashing runs without the interpreter's lock, small in memory


class FolderBlobs:
    """Keeps `runwatch.store.blob.protocol.Blobs` in a folder; the format is in ``docs/formats/blob.md``.

    Args:
        folder: Where the blobs live; made with the first write.
    """

    def __init__(self, folder: Path) -> None:
        self._beneath = Beneath(folder)

    @contextmanager
    def edit(self, blob_id: str) -> Iterator[FolderBlob]:
        """See `Blobs.edit`; the lock is on the open file, so that it holds across threads and processes alike."""
        with translated(blob_id):
            descriptor = self._beneath.open(blob_id, os.O_RDWR | os.O_CREAT)
        try:
            with translated(blob_id):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield FolderBlob(self._beneath, blob_id, descriptor)
        finally:
            os.close(descriptor)

    def adopt(self, blob_id: str, sha256: str) -> str:
        """See `Blobs.adopt`; durable on return."""
        beneath = self._beneath
        with translated(blob_id), beneath.parent(blob_id) as source, beneath.parent(sha256, make=True) as target:
            if _stat(sha256, target) is None:
                os.rename(blob_id, sha256, src_dir_fd=source, dst_dir_fd=target)
                self._protect(sha256)
                os.fsync(target)
            else:
                os.unlink(blob_id, dir_fd=source)
        return sha256

    def size(self, blob_id: str) -> int | None:
        """See `Blobs.size`."""
        with (
            contextlib.suppress(FileNotFoundError),
            translated(blob_id, optional=True),
            self._beneath.parent(blob_id) as parent,
        ):
            found = _stat(blob_id, parent)
            return None if found is None else found.st_size
        return None

    def read(self, blob_id: str, offset: int, count: int) -> bytes | None:
        """See `Blobs.read`."""
        try:
            with translated(blob_id, optional=True):
                descriptor = self._beneath.open(blob_id, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            with translated(blob_id):
                return _read(descriptor, offset, count)
        finally:
            os.close(descriptor)

    def delete(self, blob_id: str) -> int:
        """See `Blobs.delete`."""
        with (
            contextlib.suppress(FileNotFoundError),
            translated(blob_id, optional=True),
            self._beneath.parent(blob_id) as parent,
        ):
            size = os.stat(blob_id, dir_fd=parent, follow_symlinks=False).st_size
            os.unlink(blob_id, dir_fd=parent)
            return size
        return 0

    def list(self) -> Iterator[Found]:
        """See `Blobs.list`; files whose names are not ids are not ours and are left alone."""
        with contextlib.suppress(FileNotFoundError), translated("", optional=True):
            for folder in self._beneath.names():
                if folder == "open" or len(folder) == 2:
                    yield from self._list_folder(folder, OPEN_ID if folder == "open" else SEALED_ID)

    def close(self) -> None:
        """See `Blobs.close`."""
        self._beneath.close()

    def _protect(self, blob_id: str) -> None:
        """Take away the right to write: not before the file has its lasting name, for until then it may be reopened."""
        descriptor = self._beneath.open(blob_id, os.O_RDONLY)
        try:
            os.fchmod(descriptor, 0o400)
        finally:
            os.close(descriptor)

    def _list_folder(self, folder: str, pattern: re.Pattern[str]) -> Iterator[Found]:
        with self._beneath.child(folder) as descriptor:
            for name in listed(descriptor):
                found = _stat(name, descriptor) if pattern.fullmatch(name) else None
                if found is not None:
                    yield Found(blob_id=name, size_bytes=found.st_size, changed_at=found.st_mtime)


class FolderBlob:
    """An open blob whose file is held and locked; see `runwatch.store.blob.protocol.OpenBlob`."""

    def __init__(self, beneath: Beneath, blob_id: str, descriptor: int) -> None:
        self._beneath = beneath
        self._blob_id = blob_id
        self._descriptor = descriptor

    @property
    def size_bytes(self) -> int:
        """How many bytes are there."""
        with translated(self._blob_id):
            return os.fstat(self._descriptor).st_size

    def append(self, offset: int, data: bytes) -> None:
        """Put bytes at an offset and drop what lay behind; durable on return, and so is the file's name."""
        with translated(self._blob_id):
            os.ftruncate(self._descriptor, offset)
            _write(self._descriptor, offset, data)
            _sync(self._descriptor)
            if offset == 0:
                with self._beneath.parent(self._blob_id) as parent:
                    os.fsync(parent)

    def seal(self, size_bytes: int) -> str:
        """Cut to a size and make durable; the SHA-256 of the content."""
        with translated(self._blob_id):
            if os.fstat(self._descriptor).st_size != size_bytes:
                os.ftruncate(self._descriptor, size_bytes)
                _sync(self._descriptor)  # what was appended is durable already
            return _digest(self._descriptor)

    def reset(self) -> None:
        """Drop all content."""
        with translated(self._blob_id):
            os.ftruncate(self._descriptor, 0)


def _read(descriptor: int, offset: int, count: int) -> bytes:
    parts = []
    while count > 0 and (part := os.pread(descriptor, count, offset)):
        parts.append(part)
        offset += len(part)
        count -= len(part)
    return b"".join(parts)


def _write(descriptor: int, offset: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        offset += written
        rest = rest[written:]


def _digest(descriptor: int) -> str:
    digest = hashlib.sha256()
    offset = 0
    while part := os.pread(descriptor, _DIGEST_STEP_BYTES, offset):
        digest.update(part)
        offset += len(part)
    return digest.hexdigest()


def _sync(descriptor: int) -> None:
    """Write out content and size; times may wait."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def _stat(name: str, folder: int) -> os.stat_result | None:
    """What is known of a plain file, or None if there is none of that name."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None
