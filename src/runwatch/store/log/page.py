"""The text that a search goes through: whole lines without control sequences, and the way back to bytes of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runwatch.store.log.content import Content
from runwatch.store.log.line import Row, rows, whole_chars
from runwatch.store.log.row import Exact, Plain, Stretch
from runwatch.store.log.sequence import IntArray, strip, unfinished

PAGE_BYTES = 4 << 20
"""Bytes searched at once: large enough that a call costs nothing against them, small in memory."""

WINDOW_BYTES = 256 << 10
"""A longer line is searched in windows of this size."""

OVERLAP_BYTES = 32 << 10
"""How far a match in a longer line may reach beyond its window."""


@dataclass
class Page:
    """Text of whole lines, or a window of one long line.

    Attributes:
        first: The number of the first line.
        rows: How many lines there are behind the ``skip`` first ones.
        raw: The lines as they stand in the file, with a line feed between them.
        begin: The byte of the file at which ``raw`` begins; None if the lines stand apart.
        starts: Then the byte at which each line begins.
        skip: Lines that are not meant.
        window: The bytes of ``raw`` in which a match may begin, if it is a window.
        before: Text before the window, so that its beginning is not taken for that of the line.
        column: How many characters of the line there are before the window.
    """

    first: int
    rows: int
    raw: bytes
    begin: int | None = None
    starts: tuple[int, ...] = ()
    skip: int = 0
    window: int | None = None
    before: bytes = b""
    column: int = 0

    @property
    def begins_line(self) -> bool:
        """Whether no window of this line comes before it."""
        return not self.before

    @cached_property
    def text(self) -> bytes:
        """What is searched."""
        raw = self.raw.replace(b"\r\n", b"\n") if self.begin is not None and b"\r" in self.raw else self.raw
        return self.before + strip(raw)

    @cached_property
    def feeds(self) -> IntArray:
        """Where line ends stand in ``text``."""
        return np.flatnonzero(np.frombuffer(self.text, np.uint8) == 0x0A)

    @cached_property
    def span(self) -> tuple[int, int]:
        """The part of ``text`` that is meant: from the first line on, or the places where a match may begin."""
        if self.window is not None:
            return len(self.before), len(self.before) + len(strip(self.raw[: self.window]))
        begin = int(self.feeds[self.skip - 1]) + 1 if self.skip else 0
        end = self.skip + self.rows - 1
        return begin, int(self.feeds[end]) if end < len(self.feeds) else len(self.text)

    def rows_at(self, places: list[int]) -> list[int]:
        """The lines, counted from the first one, in which bytes of ``raw`` stand; only those that are meant."""
        found = np.unique(np.searchsorted(self._raw_feeds, np.array(places, dtype=np.int64)))
        meant: list[int] = found[(found >= self.skip) & (found < self.skip + self.rows)].tolist()
        return meant

    def only(self, row: int) -> Page:
        """One line as a page of its own."""
        raw = self.row_raw(row)
        raw = raw if self.begin is None else raw.removesuffix(b"\r")
        return Page(self.first + row, 1, raw, starts=(self.row_start(row),))

    def row_start(self, row: int) -> int:
        """The byte of the file at which a line begins, counted from the first one of the page."""
        if self.begin is None:
            return self.starts[row]
        return self.begin + (int(self._raw_feeds[row - 1]) + 1 if row else 0)

    def row_span(self, row: int) -> tuple[int, int]:
        """Where a line begins and ends in ``text``."""
        begin = int(self.feeds[row - 1]) + 1 if row else len(self.before)
        return begin, int(self.feeds[row]) if row < len(self.feeds) else len(self.text)

    def row_raw(self, row: int) -> bytes:
        """A line as it stands in the file."""
        begin = int(self._raw_feeds[row - 1]) + 1 if row else 0
        end = int(self._raw_feeds[row]) if row < len(self._raw_feeds) else len(self.raw)
        return self.raw[begin:end]

    @cached_property
    def _raw_feeds(self) -> IntArray:
        return np.flatnonzero(np.frombuffer(self.raw, np.uint8) == 0x0A)


def pages(content: Content, stretches: Iterable[Stretch]) -> Iterator[Page]:
    """The text of lines, in order."""
    merged: Plain | None = None
    for stretch in stretches:
        if isinstance(stretch, Plain):
            joined = None if merged is None else _joined(merged, stretch)
            if merged is not None and joined is None:
                yield _plain_page(content, merged)
            merged = joined or stretch
        else:
            if merged is not None:
                yield _plain_page(content, merged)
            merged = None
            yield from _exact_pages(content, stretch)
    if merged is not None:
        yield _plain_page(content, merged)


def _joined(first: Plain, second: Plain) -> Plain | None:
    """Both as one, if the second follows upon the first and the two are not too much."""
    follows = second.skip == 0 and second.first == first.first + first.skip + first.rows
    if not follows or not 0 <= second.begin - first.end <= 2 or second.end - first.begin > PAGE_BYTES:
        return None
    return Plain(first.first, first.skip, first.rows + second.rows, first.begin, second.end)


def _plain_page(content: Content, stretch: Plain) -> Page:
    data = content.read(stretch.begin, stretch.end)
    return Page(stretch.first, stretch.rows, data, begin=stretch.begin, skip=stretch.skip)


def _exact_pages(content: Content, stretch: Exact) -> Iterator[Page]:
    gathered: list[Row] = []
    size_bytes = 0
    for row in rows(content, [stretch], WINDOW_BYTES):
        long = row.end - row.start > WINDOW_BYTES
        if gathered and (long or size_bytes + len(row.data) > PAGE_BYTES):
            yield _page_of(gathered)
            gathered, size_bytes = [], 0
        if long:
            yield from _windows(content, row)
        else:
            gathered.append(row)
            size_bytes += len(row.data)
    if gathered:
        yield _page_of(gathered)


def _page_of(gathered: list[Row]) -> Page:
    raw = b"\n".join(row.data for row in gathered)
    return Page(gathered[0].number, len(gathered), raw, starts=tuple(row.start for row in gathered))


def _windows(content: Content, row: Row) -> Iterator[Page]:
    """A long line, a window at a time; none begins within a character or a sequence."""
    begin, before, column = row.start, b"", 0
    while begin < row.end:
        raw = content.read(begin, min(row.end, begin + WINDOW_BYTES + OVERLAP_BYTES))
        window = len(raw)
        if begin + window < row.end:
            window = WINDOW_BYTES - unfinished(raw[:WINDOW_BYTES])
            window = whole_chars(raw[:window]) or WINDOW_BYTES
        yield Page(row.number, 1, raw, starts=(begin,), window=window, before=before, column=column)
        text = strip(raw[:window])
        column += len(text.decode("utf-8", "replace"))
        before = text[-4:].lstrip(bytes(range(0x80, 0xC0))) or before or b" "
        begin += window
