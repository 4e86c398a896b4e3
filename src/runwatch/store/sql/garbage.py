"""Content that no artifact refers to any more: how it is found and removed without ever touching what is in use.

A delete takes the rows first and the files second; every other change makes the file first and the row second. So a
crash at any point leaves a file too many and never one too few, and `sweep` finds it. A file goes only while the write
lock of the database is held and no row knows its blob, since another process may have stored the same content again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BindParameter, bindparam, delete, exists, select

from runwatch.store.blob.protocol import Blobs, Found
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.table.artifact import artifacts, blobs

ORPHAN_AGE_S: Final = 3_600.0
"""A file without a row may belong to a write that is going on: after an hour it does not."""

_BATCH: Final = 200  # files removed while the write lock is held: some milliseconds


_UNUSED: Final = delete(blobs).where(~exists().where(artifacts.c.blob_id == blobs.c.blob_id)).returning(blobs.c.blob_id)
_SOME: Final[BindParameter[Any]] = bindparam("some", expanding=True)
_UNUSED_OF: Final = _UNUSED.where(blobs.c.blob_id.in_(_SOME))
_KNOWN: Final = select(blobs.c.blob_id).where(blobs.c.blob_id.in_(_SOME))


class Swept(Struct, frozen=True, kw_only=True):
    """What a sweep removed.

    Attributes:
        files: How many files.
        size_bytes: What they took.
    """

    files: int
    size_bytes: int


def collect(writing: Writing, candidates: Iterable[str] | None = None) -> list[str]:
    """Forget the blobs that no artifact refers to; to be passed to `unlink` once the transaction is committed.

    Args:
        writing: The transaction that took the references away.
        candidates: Only these blobs; None looks at all of them.
    """
    if candidates is None:
        return list(writing.connection.execute(_UNUSED).scalars())
    return [
        blob_id
        for batch in _batches(candidates)
        for blob_id in writing.connection.execute(_UNUSED_OF, {"some": batch}).scalars()
    ]


def unlink(database: Database, store: Blobs, blob_ids: Iterable[str]) -> int:
    """Delete the content of blobs that the database does not know (any more); the bytes freed."""
    freed = 0
    for batch in _batches(blob_ids):
        with database.write() as writing:
            known = writing.connection.execute(_KNOWN, {"some": batch}).scalars()
            freed += sum(store.delete(blob_id) for blob_id in set(batch).difference(known))
    return freed


def orphans(database: Database, store: Blobs, older_s: float = ORPHAN_AGE_S) -> list[Found]:
    """Content that no row knows and that nobody has written to for a while."""
    latest = time.time() - older_s
    found: list[Found] = []
    old = (blob for blob in store.list() if blob.changed_at <= latest)
    while batch := {blob.blob_id: blob for blob in islice(old, _BATCH)}:
        with database.read() as connection:
            known = set(connection.execute(_KNOWN, {"some": list(batch)}).scalars())
        found.extend(blob for blob_id, blob in batch.items() if blob_id not in known)
    return found


def sweep(database: Database, store: Blobs, older_s: float = ORPHAN_AGE_S) -> Swept:
    """Delete all `orphans`, and forget and delete blobs that lost their last artifact to a crash."""
    with database.write() as writing:
        unused = collect(writing)
    blob_ids = [*unused, *(blob.blob_id for blob in orphans(database, store, older_s))]
    return Swept(files=len(blob_ids), size_bytes=unlink(database, store, blob_ids))


def _batches(items: Iterable[str]) -> Iterator[Sequence[str]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
