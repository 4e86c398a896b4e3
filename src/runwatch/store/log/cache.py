"""The line indexes of the files that were asked for last, within a bound of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from runwatch.store.log.content import Content
from runwatch.store.log.index import LineIndex
from runwatch.store.log.times import Times

Key = tuple[str, str]


class Entry:
    """The index of one file; it is used by one thread at a time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.version = ""
        self.index = LineIndex()
        self.times = Times()

    @property
    def memory_bytes(self) -> int:
        """What is known of the file takes, about."""
        return self.index.memory_bytes + self.times.memory_bytes

    def catch_up(self, content: Content) -> LineIndex:
        """The index of all that the file was when ``content`` looked at it, which must be since the entry is held."""
        size_bytes = content.artifact.size_bytes
        if self.version != content.version or size_bytes < self.index.size_bytes:
            self.version, self.index, self.times = content.version, LineIndex(), Times()
        for part in content.parts(self.index.size_bytes, size_bytes):
            self.index.append(part)
        return self.index


class IndexCache:
    """Keeps indexes until they take too much memory; the one asked for last always stays.

    Args:
        limit_bytes: What they may take together.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = Lock()

    @property
    def memory_bytes(self) -> int:
        """What all indexes take, about."""
        with self._lock:
            return self._total()

    @contextmanager
    def held(self, key: Key) -> Iterator[Entry]:
        """The entry of a file, for this thread alone."""
        with self._lock:
            entry = self._entries.setdefault(key, Entry())
            self._entries.move_to_end(key)
        try:
            with entry.lock:
                yield entry
        finally:
            with self._lock:
                while len(self._entries) > 1 and self._total() > self._limit_bytes:
                    self._entries.popitem(last=False)

    def _total(self) -> int:
        return sum(entry.memory_bytes for entry in self._entries.values())
