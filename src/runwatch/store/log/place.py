"""Where a match stands: its column in the line without control sequences, its byte in the file, the text around it."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from runwatch.schema.log import LogMatch
from runwatch.store.log.line import whole_chars
from runwatch.store.log.page import Page
from runwatch.store.log.pattern import Span
from runwatch.store.log.sequence import SEQUENCE

_BEFORE_BYTES: Final = 120
_BEHIND_BYTES: Final = 280
"""What an excerpt shows before the beginning of a match, and from there on."""

_CONTINUED: Final = bytes(range(0x80, 0xC0))


class Sequences:
    """Where control sequences stand in a line, so that places without them become places with them.

    Args:
        raw: The line.
    """

    def __init__(self, raw: bytes) -> None:
        self._places: list[int] = []
        self._removed: list[int] = []
        removed = 0
        for found in SEQUENCE.finditer(raw) if b"\x1b" in raw else ():
            self._places.append(found.start() - removed)
            removed += len(found[0])
            self._removed.append(removed)

    def raw(self, place: int) -> int:
        """The place with sequences of one without them; sequences that stand there are before it."""
        before = bisect_right(self._places, place)
        return place + (self._removed[before - 1] if before else 0)


class Places:
    """Places matches one after the other, in order: what is known of a line serves all matches in it."""

    def __init__(self) -> None:
        self._page: Page | None = None
        self._row = -1
        self._sequences = Sequences(b"")
        self._begin = self._end = 0
        self._counted = (0, 0)  # a place in the text, and the column there

    def match(self, page: Page, row: int, span: Span) -> LogMatch:
        """Describe a match in a line of a page, counted from the page's first."""
        if page is not self._page or row != self._row:
            self._turn_to(page, row)
        text, (begin, end) = page.text, span
        column = self._counted[1] + _chars(text[self._counted[0] : begin])
        self._counted = begin, column
        low, high = max(self._begin, begin - _BEFORE_BYTES), min(self._end, begin + _BEHIND_BYTES)
        before = text[low:begin].lstrip(_CONTINUED) if low > self._begin else text[low:begin]
        behind = text[begin:high]
        behind = behind[: whole_chars(behind)] if high < self._end else behind
        shown = before.decode("utf-8", "replace")
        return LogMatch(
            line=page.first + row,
            offset=page.row_start(row) + self._sequences.raw(begin - self._begin),
            column=column,
            end_column=column + _chars(text[begin:end]),
            excerpt=shown + behind.decode("utf-8", "replace"),
            excerpt_column=column - len(shown),
        )

    def _turn_to(self, page: Page, row: int) -> None:
        self._page, self._row = page, row
        self._begin, self._end = page.row_span(row)
        self._sequences = Sequences(page.row_raw(row))
        self._counted = self._begin, page.column


def _chars(data: bytes) -> int:
    return len(data.decode("utf-8", "replace"))
