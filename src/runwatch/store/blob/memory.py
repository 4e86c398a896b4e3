"""Blobs in memory: for stores that live no longer than their process."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from runwatch.schema.error import StoreUnavailableError
from runwatch.store.blob.protocol import Found, check_blob_id


class MemoryBlobs:
    """Keeps `runwatch.store.blob.protocol.Blobs` in a dict."""

    def __init__(self) -> None:
        self._contents: dict[str, bytearray] = {}
        self._changed_at: dict[str, float] = {}
        self._lock = threading.RLock()
        self._closed = False

    @contextmanager
    def edit(self, blob_id: str) -> Iterator[MemoryBlob]:
        """See `Blobs.edit`; one writer at a time, whichever blob it writes."""
        with self._lock:
            content = self._known().setdefault(check_blob_id(blob_id), bytearray())
            self._changed_at[blob_id] = time.time()
            yield MemoryBlob(content)

    def adopt(self, blob_id: str, sha256: str) -> str:
        """See `Blobs.adopt`."""
        with self._lock:
            self._known().setdefault(check_blob_id(sha256), self._contents[blob_id])
            self._changed_at.setdefault(sha256, self._changed_at.pop(blob_id))
            del self._contents[blob_id]
        return sha256

    def size(self, blob_id: str) -> int | None:
        """See `Blobs.size`."""
        with self._lock:
            content = self._known().get(check_blob_id(blob_id))
            return None if content is None else len(content)

    def read(self, blob_id: str, offset: int, count: int) -> bytes | None:
        """See `Blobs.read`."""
        with self._lock:
            content = self._known().get(check_blob_id(blob_id))
            return None if content is None else bytes(content[offset : offset + count])

    def delete(self, blob_id: str) -> int:
        """See `Blobs.delete`."""
        with self._lock:
            self._changed_at.pop(check_blob_id(blob_id), None)
            return len(self._known().pop(blob_id, b""))

    def list(self) -> Iterator[Found]:
        """See `Blobs.list`."""
        with self._lock:
            found = [
                Found(blob_id=blob_id, size_bytes=len(content), changed_at=self._changed_at[blob_id])
                for blob_id, content in self._known().items()
            ]
        return iter(found)

    def close(self) -> None:
        """See `Blobs.close`."""
        self._closed = True

    def _known(self) -> dict[str, bytearray]:
        if self._closed:
            raise StoreUnavailableError("The store is closed.", hint="Open the workspace again.")
        return self._contents


class MemoryBlob:
    """An open blob; see `runwatch.store.blob.protocol.OpenBlob`."""

    def __init__(self, content: bytearray) -> None:
        self._content = content

    @property
    def size_bytes(self) -> int:
        """How many bytes are there."""
        return len(self._content)

    def append(self, offset: int, data: bytes) -> None:
        """Put bytes at an offset and drop what lay behind."""
        self._content[offset:] = data

    def seal(self, size_bytes: int) -> str:
        """Cut to a size; the SHA-256 of the content."""
        del self._content[size_bytes:]
        return hashlib.sha256(self._content).hexdigest()

    def reset(self) -> None:
        """Drop all content."""
        self._content.clear()
