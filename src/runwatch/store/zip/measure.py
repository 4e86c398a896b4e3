"""Measures bytes as they pass: how many there were, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator


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
