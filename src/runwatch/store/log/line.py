"""Lines of a log made from its bytes: cut where they are too long, never within a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.log import LogLine
from runwatch.store.log.content import Content
from runwatch.store.log.row import Exact, Plain, Stretch

_NEAR_BYTES = 16 << 10
"""Hidden bytes between two rows that are read with them rather than passed over: another reading costs more."""


class Row(Struct, frozen=True):
    """A row and its bytes.

    Attributes:
        number: Counted from 0.
        start: The byte of the file at which its text begins.
        end: The byte behind its text.
        data: The text, up to a bound that the reader has set.
    """

    number: int
    start: int
    end: int
    data: bytes


def rows(content: Content, stretches: Iterable[Stretch], most_bytes: int) -> Iterator[Row]:
    """Rows with their bytes.

    Args:
        content: The file.
        stretches: Where they stand.
        most_bytes: How much of a row is read at most.
    """
    for stretch in stretches:
        yield from _plain_rows(content, stretch) if isinstance(stretch, Plain) else _exact_rows(
            content, stretch, most_bytes
        )  # fmt: skip


def row_at(content: Content, stretches: Iterable[Stretch], offset: int) -> int | None:
    """The number of the row that holds a byte, or else of the last one that begins before it; None if all are later."""
    found = None
    for number, start, end in _spans(content, stretches):
        if start <= offset:
            found = number
            if offset < end:
                break
    return found


def whole_chars(data: bytes) -> int:
    """How many bytes there are before a character that is cut off at the end."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back and byte < 0xF8 else len(data)
        if byte < 0x80:
            break
    return len(data)


def line(row: Row, *, complete: bool, offset: int | None = None) -> LogLine:
    """The line of a row.

    Args:
        row: The row; at least `limit.LOG_LINE_BYTES` of it.
        complete: Its end has come.
        offset: The byte at which ``row.data`` begins, if that is within the row.
    """
    begin, data = row.start if offset is None else offset, row.data
    if begin > row.start:
        rest = data[:3].lstrip(bytes(range(0x80, 0xC0))) + data[3:]
        begin, data = begin + len(data) - len(rest), rest
    data = data[: limit.LOG_LINE_BYTES]
    cut = begin + len(data) < row.end
    if cut or not complete:
        data = data[: whole_chars(data) or len(data)] if cut else data[: whole_chars(data)]
    return LogLine(
        number=row.number,
        offset=begin,
        end_offset=begin + len(data),
        text=data.decode("utf-8", "replace"),
        size_bytes=row.end - row.start,
        complete=complete,
        cut=cut,
    )


def _spans(content: Content, stretches: Iterable[Stretch]) -> Iterator[tuple[int, int, int]]:
    """The number, beginning and end of rows; those that stand exactly need no reading."""
    for stretch in stretches:
        if isinstance(stretch, Plain):
            yield from ((row.number, row.start, row.end) for row in _plain_rows(content, stretch))
        else:
            places = zip(stretch.starts.tolist(), stretch.ends.tolist(), strict=True)
            yield from ((stretch.first + place, start, end) for place, (start, end) in enumerate(places))


def _plain_rows(content: Content, stretch: Plain) -> Iterator[Row]:
    data, place = content.read(stretch.begin, stretch.end), 0
    for number in range(stretch.first, stretch.first + stretch.skip + stretch.rows):
        feed = data.find(b"\n", place)
        end = following = len(data)
        if feed >= 0:
            end, following = feed, feed + 1
            if end > place and data[end - 1] == 0x0D:
                end -= 1
        if number >= stretch.first + stretch.skip:
            yield Row(number, stretch.begin + place, stretch.begin + end, data[place:end])
        place = following


def _exact_rows(content: Content, stretch: Exact, most_bytes: int) -> Iterator[Row]:
    data, begin = b"", 0
    spans = [(int(start), int(end)) for start, end in zip(stretch.starts, stretch.ends, strict=True)]
    for place, (start, end) in enumerate(spans):
        until = min(end, start + most_bytes)
        if not begin <= start <= until <= begin + len(data):
            begin, data = start, content.read(start, _reach(spans, place, until, most_bytes))
        yield Row(stretch.first + place, start, end, data[start - begin : until - begin])


def _reach(spans: list[tuple[int, int]], place: int, until: int, most_bytes: int) -> int:
    """How far to read for a row, so that those behind it that stand near come with it."""
    limit_bytes = until + limit.LOG_BYTES
    for start, end in spans[place + 1 :]:
        following = min(end, start + most_bytes)
        if not until <= start + 1 <= until + _NEAR_BYTES or following > limit_bytes:
            break
        until = max(until, following)
    return until
