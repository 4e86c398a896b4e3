"""Which refusals are written down: all of an honest mistake, not all of a flood."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Final

REFUSALS: Final = 60
WINDOW_S: Final = 60.0
"""Refusals written down for an address in this time; those beyond are counted in the next line."""

ADDRESSES: Final = 10_000
"""Addresses remembered for that."""


class Refusals:
    """Keeps strangers from filling the disk with refusals; safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def admit(self, address: str) -> int | None:
        """How many were left out before this one, or None if this one is to be left out too."""
        with self._lock:
            now = time.monotonic()
            start, count = self._seen.get(address, (now, 0))
            left_out = 0
            if now - start > WINDOW_S:
                start, count, left_out = now, 0, max(0, count - REFUSALS)
            self._seen[address] = (start, count + 1)
            self._seen.move_to_end(address)
            if len(self._seen) > ADDRESSES:
                self._seen.popitem(last=False)
            return left_out if count < REFUSALS else None
