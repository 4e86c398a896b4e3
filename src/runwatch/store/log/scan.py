"""A search through a log: finds, counts and places matches until all is read or the time is up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from runwatch.schema import limit
from runwatch.schema.log import LogMatch
from runwatch.store.log.page import Page
from runwatch.store.log.pattern import Pattern, Span
from runwatch.store.log.place import Places
from runwatch.store.log.sequence import IntArray

_PIECE_BYTES: Final = (64 << 10, 1 << 20)
"""Searched between two looks at the clock: at first, and at most."""

_QUICK_S: Final = 0.005
_SLOW_S: Final = 0.05


class Scan:
    """One search at work.

    Args:
        pattern: What to look for.
        details: How many matches are placed; further ones are counted.
        deadline: When to stop, by `time.monotonic`.

    Attributes:
        matches: Those placed.
        total: How many were found.
        stopped: The line to go on with, if it had to stop.
        partial: A long line that it had to leave half searched.
    """

    def __init__(self, pattern: Pattern, details: int, deadline: float) -> None:
        self._pattern = pattern
        self._details = details
        self._deadline = deadline
        self._piece_bytes = _PIECE_BYTES[0]
        self._lines: list[IntArray] = []
        self._places = Places()
        self._free = 0  # in a line searched in windows: how far the last match reached into the next window
        self.matches: list[LogMatch] = []
        self.total = 0
        self.stopped: int | None = None
        self.partial: int | None = None

    def run(self, pages: Iterator[Page]) -> None:
        """Search pages in order; a piece is searched however late it is, so that a search that is continued gets on."""
        for page in pages:
            if page.window is None:
                self._search_lines(page)
            else:
                self._search_window(page)
            if self.stopped is not None:
                return

    def ticks(self, lines: int) -> tuple[float, ...]:
        """Where matches stand in a log of so many lines."""
        if not self._lines:
            return ()
        found = np.unique(np.concatenate(self._lines))
        if len(found) > limit.LOG_TICKS:
            _, kept = np.unique(found * limit.LOG_TICKS // max(1, lines), return_index=True)
            found = found[kept]
        return tuple((found / max(1, lines)).tolist())

    def _search_lines(self, page: Page) -> None:
        near = self._pattern.near(page.raw) if b"\x1b" in page.raw else None
        if near is None:
            self._search_text(page)
            return
        for row in page.rows_at(near):
            self._search_text(page.only(row))
            if self.stopped is not None:
                return
        if self._must_stop():
            self.stopped = page.first + page.skip + page.rows

    def _search_text(self, page: Page) -> None:
        begin, end = page.span
        while begin <= end:
            until = page.text.find(b"\n", begin + self._piece_bytes, end)
            until = end if until < 0 else until
            self._note(page, self._find(page.text, begin, until))
            begin = until + 1
            if self._must_stop():
                done = page.skip + page.rows if begin > end else int(np.searchsorted(page.feeds, begin))
                self.stopped = page.first + done
                return

    def _search_window(self, page: Page) -> None:
        if page.begins_line:
            self._free = 0
        elif self._must_stop():
            self.partial, self.stopped = page.first, page.first + 1
            return
        begin, end = page.span
        found = self._find(page.text, begin + self._free, len(page.text))
        found = [span for span in found if span[0] < end]
        self._note(page, found)
        self._free = max([0, *(span[1] - end for span in found[-1:])])

    def _find(self, text: bytes, begin: int, end: int) -> list[Span]:
        started = time.monotonic()
        found = self._pattern.find(text, begin, end)
        spent_s = time.monotonic() - started
        if spent_s < _QUICK_S:
            self._piece_bytes = min(self._piece_bytes * 2, _PIECE_BYTES[1])
        elif spent_s > _SLOW_S:
            self._piece_bytes = max(self._piece_bytes // 2, _PIECE_BYTES[0] // 4)
        return found

    def _note(self, page: Page, found: list[Span]) -> None:
        if not found:
            return
        rows = np.searchsorted(page.feeds, np.array([begin for begin, _ in found]))
        self._lines.append(rows + page.first)
        self.total += len(found)
        wanted = self._details - len(self.matches)
        for row, span in zip(rows[:wanted].tolist(), found[:wanted], strict=True):
            self.matches.append(self._places.match(page, row, span))

    def _must_stop(self) -> bool:
        return self.total >= limit.LOG_TOTAL or time.monotonic() >= self._deadline
