"""What a home of blobs promises: content under ids of our own, appended while open, named by its hash once sealed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Final, Protocol

from msgspec import Struct

from runwatch.schema.error import InvalidValueError

OPEN_ID: Final = re.compile(r"[0-9a-f]{32}")
"""An open blob: 128 random bits."""

SEALED_ID: Final = re.compile(r"[0-9a-f]{64}")
"""A sealed blob: the SHA-256 of its content."""


def new_blob_id() -> str:
    """An id for an open blob; the blob itself comes into being with its first bytes."""
    return uuid.uuid4().hex


def is_sealed(blob_id: str) -> bool:
    """Whether an id is that of a sealed blob: the digest of its content."""
    return SEALED_ID.fullmatch(blob_id) is not None


def check_blob_id(blob_id: str) -> str:
    """The id, if it is one that we made: the gate that keeps any other text from becoming the name of a file.

    Raises:
        InvalidValueError: Otherwise.
    """
    if OPEN_ID.fullmatch(blob_id) or SEALED_ID.fullmatch(blob_id):
        return blob_id
    raise InvalidValueError(f"{blob_id[:80]!r} is not the id of a blob.", hint="Ids are made by the store alone.")


class Found(Struct, frozen=True, kw_only=True):
    """A blob as it lies there, known to the database or not.

    Attributes:
        blob_id: Its id.
        size_bytes: Its size.
        changed_at: When it was last written to, seconds UTC.
    """

    blob_id: str
    size_bytes: int
    changed_at: float


class OpenBlob(Protocol):
    """An open blob in the hands of its one writer."""

    @property
    def size_bytes(self) -> int:
        """How many bytes are there; 0 before the first append."""
        ...

    def append(self, offset: int, data: bytes) -> None:
        """Put bytes at an offset not beyond the end, drop what lay behind them; durable on return."""
        ...

    def seal(self, size_bytes: int) -> str:
        """Cut the content to a size and make it durable; its SHA-256 in hex. `Blobs.adopt` then gives it that name."""
        ...

    def reset(self) -> None:
        """Drop all content."""
        ...


class Blobs(Protocol):
    """Where content lives.

    Blobs know neither runs nor paths: which blob an artifact's bytes are in is a row of the database. Calls that change
    which sealed blobs exist (`adopt`, `delete`) are made by the one who holds the database's write lock.
    """

    def edit(self, blob_id: str) -> AbstractContextManager[OpenBlob]:
        """Hold an open blob for writing, waiting for another writer of any process; made if it is not there."""
        ...

    def adopt(self, blob_id: str, sha256: str) -> str:
        """Give a blob its content's id, read-only from now on; content that is there already is kept once."""
        ...

    def size(self, blob_id: str) -> int | None:
        """How many bytes a blob has; None if it is not there."""
        ...

    def read(self, blob_id: str, offset: int, count: int) -> bytes | None:
        """Bytes of a blob, fewer at its end; None if it is not there."""
        ...

    def delete(self, blob_id: str) -> int:
        """Delete a blob; the bytes freed, 0 if it was not there."""
        ...

    def list(self) -> Iterator[Found]:
        """Every blob that lies there, in no particular order."""
        ...

    def close(self) -> None:
        """Release descriptors; afterwards every call is a `StoreUnavailableError`."""
        ...
