"""What was read for charts, kept in memory up to a number of bytes: what can be spared goes first, then what was not
used for longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final, TypeAlias

CACHE_BYTES: Final = 192 << 20
"""Holds the overviews of 350 series of ten million points, or of 80 with the buckets that zooms into them are cut from,
and one that is smoothed: a server on a laptop has no more to give."""

Key: TypeAlias = tuple[str, Hashable]
"""A run's id, and what of it."""


class Cache:
    """A bounded map that threads share. Values are never changed, only replaced.

    Args:
        most_bytes: What all values may take together; a single one that takes more is not kept.
    """

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._spare: OrderedDict[Key, None] = OrderedDict()
        self._of_run: dict[str, set[Key]] = {}
        self._size = 0

    @property
    def size_bytes(self) -> int:
        """What the values take."""
        return self._size

    def get(self, key: Key) -> Any:
        """The value, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            if key in self._spare:
                self._spare.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Any, size_bytes: int, *, spare: bool = False) -> None:
        """Keep a value, and drop others until all fit.

        Args:
            key: Its name; what was kept under it goes.
            value: The value.
            size_bytes: What it takes.
            spare: It goes before any that cannot be spared: it only makes quicker what is asked for next, and many
                such ones would push out what each answer needs.
        """
        with self._lock:
            self._drop(key)
            if size_bytes > self._most:
                return
            self._kept[key] = value, size_bytes
            self._of_run.setdefault(key[0], set()).add(key)
            self._size += size_bytes
            if spare:
                self._spare[key] = None
            while self._size > self._most:
                self._drop(next(iter(self._spare or self._kept)))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self._spare.clear()
            self._of_run.clear()
            self._size = 0

    def forget(self, run_id: str) -> None:
        """Drop all values of a run."""
        with self._lock:
            for key in list(self._of_run.get(run_id, ())):
                self._drop(key)

    def _drop(self, key: Key) -> None:
        found = self._kept.pop(key, None)
        if found is None:
            return
        self._size -= found[1]
        self._spare.pop(key, None)
        of_run = self._of_run[key[0]]
        of_run.discard(key)
        if not of_run:
            del self._of_run[key[0]]
