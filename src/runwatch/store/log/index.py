"""The lines of a log, found while it grows: newlines in bulk, movements of the cursor one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from runwatch.store.log.row import Stretch
from runwatch.store.log.screen import Screen
from runwatch.store.log.sequence import IntArray, moves, unfinished

_OBJECT_BYTES = 2_000


class LineIndex:
    """Where the lines of one file are. Not safe for several threads at once.

    However the bytes are divided into parts, the index is the same.
    """

    def __init__(self) -> None:
        self._screen = Screen()
        self._held = b""
        self._taken = 0

    @property
    def size_bytes(self) -> int:
        """How many bytes it knows; the next part begins here."""
        return self._taken + len(self._held)

    @property
    def lines(self) -> int:
        """How many lines there are; an unfinished last one counts as soon as it has a byte."""
        return len(self._screen.rows)

    @property
    def cursor(self) -> int:
        """The line that is being written; the lines before it have had their ends."""
        return self._screen.row

    @property
    def settled(self) -> int:
        """The first line that is likely to change."""
        return min(self._screen.settled, self.lines)

    @property
    def memory_bytes(self) -> int:
        """What the index takes, about."""
        return _OBJECT_BYTES + self._screen.rows.memory_bytes + len(self._held)

    def lowest_since(self, byte: int) -> int:
        """The first line that may have changed since the file had so many bytes, beside the one written then."""
        return self._screen.lowest_since(byte)

    def stretches(self, first: int, end: int) -> Iterator[Stretch]:
        """Where the lines from one up to and without another one stand in the file."""
        return self._screen.rows.stretches(first, end)

    def near(self, offset: int) -> tuple[int, int]:
        """The first line and the one behind the last of some among which is the one that holds a byte."""
        return self._screen.rows.near(offset)

    def append(self, data: bytes) -> None:
        """Take the bytes that follow."""
        data = self._held + data
        wait = unfinished(data)
        self._held = data[len(data) - wait :]
        self._take(data[: len(data) - wait], self._taken)
        self._taken += len(data) - wait

    def _take(self, data: bytes, offset: int) -> None:
        """Take bytes that end in no open sequence and no carriage return."""
        screen = self._screen
        feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == 0x0A)
        ends = _text_ends(data, feeds)
        odd = np.unique(np.searchsorted(feeds, moves(data)))  # numbers of the lines that have movements
        line = seen = 0
        while line < len(feeds):
            if screen.fresh:
                while seen < len(odd) and odd[seen] < line:
                    seen += 1
                until = int(odd[seen]) if seen < len(odd) else len(feeds)
                if until > line:
                    _take_plain(screen, feeds[line:until] + offset, ends[line:until] + offset)
                    line = until
                    continue
            begin, end = int(feeds[line - 1]) + 1 if line else 0, int(ends[line])
            screen.write(data[begin:end], offset + begin)
            screen.end_line(offset + end, offset + int(feeds[line]) + 1)
            line += 1
        begin = int(feeds[-1]) + 1 if len(feeds) else 0
        screen.write(data[begin:], offset + begin)


def _text_ends(data: bytes, feeds: IntArray) -> IntArray:
    """Where the text of each line ends: at its line feed, or at the carriage return before it."""
    if b"\r\n" not in data:
        return feeds
    before = np.frombuffer(data, np.uint8)[np.maximum(feeds - 1, 0)]
    returns: IntArray = ((before == 0x0D) & (feeds > 0)).astype(np.int64)
    return feeds - returns


def _take_plain(screen: Screen, feeds: IntArray, ends: IntArray) -> None:
    starts = np.empty_like(feeds)
    starts[0] = screen.begin
    starts[1:] = feeds[:-1] + 1
    screen.take_plain(starts, ends, int(feeds[-1]) + 1)
