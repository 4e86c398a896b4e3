"""A log at one moment: what it was, and where some of its lines stand; it stays true however the log grows."""

from __future__ import annotations

from collections.abc import Iterator

from runwatch.schema import limit
from runwatch.schema.log import LogLine, LogState
from runwatch.store.log.content import Content
from runwatch.store.log.index import LineIndex
from runwatch.store.log.line import Row, line, rows
from runwatch.store.log.times import Dates


class View:
    """Some lines of a log.

    Args:
        content: The file.
        index: Its lines; not used after the constructor, so that it may go on growing.
        first: The first line that is meant.
        end: The line behind the last one.
        dates: When they were seen.
    """

    def __init__(
        self, content: Content, index: LineIndex, first: int, end: int, dates: Dates | None = None
    ) -> None:  # fmt: skip
        artifact = content.artifact
        self.content = content
        self.cursor = index.cursor
        self._dates = dates or Dates()
        self.stretches = list(index.stretches(first, end))
        self.state = LogState(
            lines=index.lines,
            size_bytes=index.size_bytes,
            settled=index.lines if artifact.sealed else index.settled,
            sealed=artifact.sealed,
            version=content.version,
            changed_at=artifact.changed_at,
        )

    def lines(self, most_bytes: int, offset: int = 0) -> tuple[LogLine, ...]:
        """The lines, dated.

        Args:
            most_bytes: Stop behind the line with which they take so much; lines that may still change come whatever
                they take, since they belong together.
            offset: Begin the first line at this byte, if it is within the line.
        """
        return self._dates.date(list(self._lines(most_bytes, offset)))

    def _lines(self, most_bytes: int, offset: int) -> Iterator[LogLine]:
        taken = 0
        for row in rows(self.content, self.stretches, limit.LOG_LINE_BYTES):
            complete = self.state.sealed or row.number < self.cursor
            if taken >= most_bytes and row.number < self.cursor:
                return
            made = (
                self._line_from(row, offset, complete) if row.start < offset < row.end else line(row, complete=complete)
            )
            offset = 0
            taken += made.end_offset - made.offset
            yield made

    def _line_from(self, row: Row, offset: int, complete: bool) -> LogLine:
        data = self.content.read(offset, min(row.end, offset + limit.LOG_LINE_BYTES))
        return line(Row(row.number, row.start, row.end, data), complete=complete, offset=offset)
