"""Holds what is read of an archive against its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runwatch.archive.form import FileEntry
from runwatch.schema.error import CorruptDataError
from runwatch.store.zip.measure import Measure


def checked(parts: Iterable[bytes], entry: FileEntry) -> Iterator[bytes]:
    """Hand the parts of a file on; at its end, and as soon as it is too long, it must be what the manifest says.

    Raises:
        CorruptDataError: It is not.
    """
    measure = Measure()
    for part in measure.watch(parts):
        if measure.size_bytes > entry.size_bytes:
            break
        yield part
    if (measure.size_bytes, measure.sha256) != (entry.size_bytes, entry.sha256):
        raise CorruptDataError(
            f"{entry.name} of the archive is not what its manifest says: it was changed or cut.",
            file=entry.name,
            hint="Get the archive again, or export the runs again.",
        )
