"""Measures bytes as they pass: how many there were, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from runwatch.archive.form import FileEntry
from runwatch.schema.error import CorruptDataError


class Measure:
    """What has passed through `watch` so far.

    Attributes:
        size_bytes: How many bytes.
    """

    def __init__(self) -> None:
        self.size_bytes = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Their digest in hex."""
        return self._digest.hexdigest()

    def watch(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Hand the parts on."""
        for part in parts:
            self._digest.update(part)
            self.size_bytes += len(part)
            yield part


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
