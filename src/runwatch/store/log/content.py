"""The bytes of one artifact as a log needs them: ranges of any length, all of them of the same file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, GetArtifact, ReadArtifact
from runwatch.store.log import alias
from runwatch.store.protocol import ArtifactShelf

_PROBE_BYTES = 1_024


class ReplacedError(Exception):
    """The file was replaced or cut while it was read: what is known of it is void."""


class Content:
    """An artifact as it was at one moment; it may have grown since.

    Args:
        shelf: Where it is.
        run_id: The run.
        path: The artifact, or another name of it.

    Raises:
        NotFoundError: There is none.
    """

    def __init__(self, shelf: ArtifactShelf, run_id: str, path: str) -> None:
        self._shelf = shelf
        self.artifact: Artifact = alias.get(shelf, GetArtifact(run_id=run_id, path=path))

    @property
    def version(self) -> str:
        """Tells this file from one that takes its place. An artifact that grows or is completed keeps its birthday."""
        return f"{self.artifact.created_at:.6f}"

    def parts(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes of a range, in parts.

        Raises:
            ReplacedError: They are not there any more.
        """
        while begin < end:
            count = min(end - begin, limit.PART_BYTES)
            artifact = self.artifact
            request = ReadArtifact(run_id=artifact.run_id, path=artifact.path, offset=begin, count=count)
            part = self._shelf.read(request)
            if not part.data or part.artifact.created_at != artifact.created_at:
                raise ReplacedError
            yield part.data
            begin += len(part.data)

    def read(self, begin: int, end: int) -> bytes:
        """The bytes of a range; see `parts`."""
        parts = list(self.parts(begin, end))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def probe(self, byte: int) -> str:
        """A digest of the bytes before this one."""
        return hashlib.sha256(self.read(max(0, byte - _PROBE_BYTES), byte)).hexdigest()[:16]
